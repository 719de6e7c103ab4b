// Packed weights come back from a file as they were, or not at all.
#include "whisper/packed_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/digest.h"
#include "base/file.h"
#include "base/temp_folder.h"
#include "whisper/testing/random_tensors.h"

namespace v2t::whisper {
namespace {

namespace fs = std::filesystem;
using testing::kSmallModel;
using testing::RandomTensors;

std::string bytes_of(const Weights& weights) {
  std::string bytes;
  for (const auto part : weights.packed()) bytes.append(reinterpret_cast<const char*>(part.data()), part.size());
  return bytes;
}

class PackedFileTest : public ::testing::Test {
 protected:
  PackedFileTest() {
    EXPECT_TRUE(write_file_atomically(files_.model, "the model"));
    // Of floats, to be quantised.
    tensors_.put("decoder/layer_0/ffn/linear_0/weight", {512, 128}, wave(512 * 128));
  }

  static std::vector<float> wave(size_t size) {
    std::vector<float> values;
    for (size_t i = 0; i < size; ++i) values.push_back(static_cast<float>(i * i % 1009) * 0.001F - 0.5F);
    return values;
  }
  PackedFile file(nn::InstructionSet set = nn::best_instruction_set()) const {
    return PackedFile::of(packed_, files_, kSmallModel, set).value();
  }
  std::shared_ptr<const Weights> load(nn::InstructionSet set = nn::best_instruction_set()) const {
    return Weights::load(tensors_, kSmallModel, set).value();
  }
  void write() { ASSERT_TRUE(file().write(*load(), {})); }
  std::vector<fs::path> content() const {
    std::vector<fs::path> names;
    for (const auto& entry : fs::directory_iterator(packed_)) names.push_back(entry.path().filename());
    return names;
  }

  TempFolder folder_;
  fs::path packed_ = folder_.path() / "cache" / "packed";
  ModelFiles files_{.name = "owner/name", .model = folder_.path() / "model.bin"};
  RandomTensors tensors_{kSmallModel};
};

TEST_F(PackedFileTest, GivesBackTheSameWeightsForEveryInstructionSet) {
  for (const auto set : nn::available_instruction_sets()) {
    EXPECT_EQ(file(set).map(tensors_), nullptr);
    const auto weights = load(set);
    ASSERT_TRUE(file(set).write(*weights, {}));
    const auto mapped = file(set).map(tensors_);
    ASSERT_NE(mapped, nullptr);
    EXPECT_EQ(bytes_of(*mapped), bytes_of(*weights));
    EXPECT_EQ(mapped->decoder_layers[0].feed_forward.in.panels[77],
              weights->decoder_layers[0].feed_forward.in.panels[77]);
    EXPECT_EQ(mapped->projection.panels.data(), mapped->embeddings.panels.data());
    EXPECT_EQ(mapped->encoder_positions[1234], weights->encoder_positions[1234]);
  }
}

TEST_F(PackedFileTest, KeepsAProjectionOfItsOwn) {
  tensors_.put("decoder/projection/weight", {70, 128}, wave(70 * 128));
  write();
  const auto mapped = file().map(tensors_);
  ASSERT_NE(mapped, nullptr);
  EXPECT_EQ(mapped->projection.scales[69], load()->projection.scales[69]);
}

TEST_F(PackedFileTest, IsNotBelievedOnceTheModelHasChanged) {
  write();
  EXPECT_NE(file().map(tensors_), nullptr);
  ASSERT_TRUE(write_file_atomically(files_.model, "THE MODEL"));
  EXPECT_EQ(file().map(tensors_), nullptr);
  write();
  EXPECT_NE(file().map(tensors_), nullptr);
  EXPECT_EQ(content().size(), 1u);
}

TEST_F(PackedFileTest, IsNotBelievedWithAnyOtherPageOrSize) {
  write();
  const std::string good = read_file(file().path(), 1 << 24).value();
  const auto is_believed = [&](const std::string& content) {
    std::ofstream(file().path(), std::ios::binary) << content;
    return file().map(tensors_) != nullptr;
  };
  for (size_t at = 0; at < 4096; at += 13) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_FALSE(is_believed(bad)) << at;
  }
  for (const size_t size : {size_t{0}, size_t{1}, size_t{4095}, size_t{4096}, size_t{9000}, good.size() - 64})
    EXPECT_FALSE(is_believed(good.substr(0, size))) << size;
  EXPECT_FALSE(is_believed(good + std::string(64, 'x')));
  EXPECT_TRUE(is_believed(good));
}

TEST_F(PackedFileTest, IsNotBelievedWhereTheModelHasAnotherSetOfTensors) {
  write();
  tensors_.put("decoder/projection/weight", {70, 128}, wave(70 * 128));
  EXPECT_EQ(file().map(tensors_), nullptr);
}

TEST_F(PackedFileTest, IsNoneForAModelThatIsNotThere) {
  files_.shards = {folder_.path() / "no-such-shard"};
  EXPECT_EQ(PackedFile::of(packed_, files_, kSmallModel, nn::best_instruction_set()), std::nullopt);
}

TEST_F(PackedFileTest, WritingDeletesFilesOfOtherVersionsAndOfModelsThatAreGone) {
  fs::create_directories(packed_);
  write();
  const auto kept = file().path().filename();
  ModelFiles gone{.name = "gone", .model = folder_.path() / "gone.bin"};
  ASSERT_TRUE(write_file_atomically(gone.model, "x"));
  ASSERT_TRUE(PackedFile::of(packed_, gone, kSmallModel, nn::best_instruction_set())->write(*load(), {}));
  fs::remove(gone.model);
  ASSERT_TRUE(write_file_atomically(packed_ / "old.packed", "video2text packed weights, version 0\n"));
  ASSERT_TRUE(write_file_atomically(packed_ / "left.packed.AbCdEf", "x"));
  fs::last_write_time(packed_ / "left.packed.AbCdEf", fs::file_time_type::clock::now() - std::chrono::hours(2));
  ASSERT_TRUE(write_file_atomically(packed_ / "under.packed.way000", "x"));
  ASSERT_TRUE(write_file_atomically(packed_ / "something else", "x"));
  write();
  EXPECT_THAT(content(), ::testing::UnorderedElementsAre(kept, "under.packed.way000", "something else"));
}

TEST_F(PackedFileTest, SaysWhyItCannotBeWritten) {
  ASSERT_TRUE(write_file_atomically(folder_.path() / "cache", "a file where the folder would be"));
  EXPECT_FALSE(file().write(*load(), {}));
  std::stop_source stop;
  stop.request_stop();
  fs::remove(folder_.path() / "cache");
  EXPECT_EQ(file().write(*load(), stop.get_token()).error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(content().empty());
}

// Packed otherwise? Raise PackedFile::kVersion, and put the new digest here: else files of older programs are believed.
TEST_F(PackedFileTest, TheBytesOfAPackedModelAreThoseOfVersion2) {
  ASSERT_EQ(PackedFile::kVersion, 2);
  if (nn::best_instruction_set() == nn::InstructionSet::kPortable) GTEST_SKIP() << "rounds otherwise: has no FMA";
  const auto digest = [&](nn::InstructionSet set) {
    const auto weights = load(set);
    auto sha256 = Digest::sha256();
    for (const auto part : weights->packed()) sha256.update(part);
    return sha256.hex().substr(0, 16);
  };
  for (const auto set : nn::available_instruction_sets()) {
    std::string expected = "22691195a50c7da8";  // pairs of words
    if (set == nn::InstructionSet::kAvx512Vnni) expected = "e051193e57f5bc5d";
    EXPECT_EQ(digest(set), expected) << nn::instruction_set_name(set);
  }
}

}  // namespace
}  // namespace v2t::whisper
