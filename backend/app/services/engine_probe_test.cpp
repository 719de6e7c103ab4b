// Tests of the probe of an engine.
#include "app/services/engine_probe.h"

#include <gtest/gtest.h>

#include "domain/testing/error_code.h"
#include "domain/testing/fake_speech.h"

namespace v2t {
namespace {

using testing::code_of;

TEST(EngineProbe, AnEngineThatAnswersIsReady) {
  testing::FakeEngine::Script script;
  testing::FakeEngine engine(script);
  EXPECT_TRUE(probe_engine(engine, {}));
  EXPECT_EQ(script.n_decoded_windows, 1);
}

TEST(EngineProbe, AnEngineThatFailsIsNot) {
  testing::FakeEngine::Script script;
  script.errors[UINT64_MAX] = {ErrorCode::kInternal, "broken"};
  testing::FakeEngine engine(script);
  EXPECT_EQ(code_of(probe_engine(engine, {})), ErrorCode::kInternal);
}

}  // namespace
}  // namespace v2t
