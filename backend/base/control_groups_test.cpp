// Tests of what the container allows, on copies of what Linux shows.
#include "base/control_groups.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/temp_folder.h"

namespace v2t {
namespace {

class ControlGroups : public testing::Test {
 protected:
  void write(const std::string& path, const std::string& content) {
    std::filesystem::create_directories((folder_.path() / path).parent_path());
    std::ofstream(folder_.path() / path) << content;
  }
  ContainerLimits limits() { return container_limits(folder_.path() / "self", folder_.path() / "groups"); }

  TempFolder folder_;
};

TEST_F(ControlGroups, WithoutThemNothingIsLimited) {
  EXPECT_EQ(limits().processors, std::nullopt);
  EXPECT_EQ(limits().memory_bytes, std::nullopt);
}

TEST_F(ControlGroups, Version2SaysQuotaAndMemory) {
  write("self", "0::/\n");
  write("groups/cpu.max", "150000 100000\n");
  write("groups/memory.max", "1073741824\n");
  EXPECT_EQ(limits().processors, 1.5);
  EXPECT_EQ(limits().memory_bytes, 1073741824);
}

TEST_F(ControlGroups, MaxLimitsNothing) {
  write("self", "0::/\n");
  write("groups/cpu.max", "max 100000\n");
  write("groups/memory.max", "max\n");
  EXPECT_EQ(limits().processors, std::nullopt);
  EXPECT_EQ(limits().memory_bytes, std::nullopt);
}

TEST_F(ControlGroups, AGroupAboveMayBeTighter) {
  write("self", "0::/pod/container\n");
  write("groups/pod/memory.max", "500\n");
  write("groups/pod/container/memory.max", "900\n");
  EXPECT_EQ(limits().memory_bytes, 500);
}

TEST_F(ControlGroups, Version1HasAFolderForEachController) {
  write("self", "4:cpu,cpuacct:/docker/1\n3:memory:/docker/1\n1:name=systemd:/\n");
  write("groups/cpu,cpuacct/docker/1/cpu.cfs_quota_us", "200000\n");
  write("groups/cpu,cpuacct/docker/1/cpu.cfs_period_us", "100000\n");
  write("groups/memory/docker/1/memory.limit_in_bytes", "2000000000\n");
  EXPECT_EQ(limits().processors, 2);
  EXPECT_EQ(limits().memory_bytes, 2000000000);
}

TEST_F(ControlGroups, Version1WritesNoLimitAsNumbersToo) {
  write("self", "4:cpu:/\n3:memory:/\n");
  write("groups/cpu/cpu.cfs_quota_us", "-1\n");
  write("groups/cpu/cpu.cfs_period_us", "100000\n");
  write("groups/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(limits().processors, std::nullopt);
  EXPECT_EQ(limits().memory_bytes, std::nullopt);
}

TEST_F(ControlGroups, APathOfTheHostIsNotThereInside) {
  write("self", "3:memory:/docker/0123456789\n");
  write("groups/memory/memory.limit_in_bytes", "700\n");
  EXPECT_EQ(limits().memory_bytes, 700);
}

TEST_F(ControlGroups, APathDoesNotLeadOut) {
  write("self", "0::/../../etc\n");
  write("memory.max", "5\n");
  write("groups/memory.max", "700\n");
  EXPECT_EQ(limits().memory_bytes, 700);
}

TEST_F(ControlGroups, WhatIsNoNumberLimitsNothing) {
  write("self", "0::/\nnonsense\n:\n");
  write("groups/cpu.max", "lots\n");
  write("groups/memory.max", "monkeys\n");
  EXPECT_EQ(limits().processors, std::nullopt);
  EXPECT_EQ(limits().memory_bytes, std::nullopt);
}

TEST(UsableMemory, IsSomething) { EXPECT_GT(usable_memory_bytes(), 100'000'000); }

}  // namespace
}  // namespace v2t
