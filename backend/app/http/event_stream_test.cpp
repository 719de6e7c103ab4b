// Tests of event streams over loopback.
#include "app/http/testing/api_fixture.h"

namespace v2t::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawClient;
using ::testing::StartsWith;

class EventStream : public testing::ApiTest {};

TEST_F(EventStream, EventsAreReplayedFromTheLastOneSeenAndEndWithTheJob) {
  const std::string job = queued_job();
  const auto claim = store_.claim_next(1h);
  ASSERT_TRUE(store_.append_segments(**claim, 0, {segment(0, "One.")}, {Millis(1000), Millis(2000), 2.0}));
  ASSERT_TRUE(store_.append_segments(**claim, 1, {segment(1, "Two.")}, {Millis(2000), Millis(2000), 2.0}));
  ASSERT_TRUE(store_.finish(**claim, Millis(2000), {}));
  const std::string all = get("/jobs/" + job + "/events").body;
  EXPECT_THAT(all, StartsWith("retry: 1000\n\n"));
  EXPECT_THAT(all, HasSubstr("One."));
  EXPECT_THAT(all, HasSubstr("Two."));
  EXPECT_THAT(all, HasSubstr(R"("state":"done")"));
  const size_t second = all.find("event: segments", all.find("event: segments") + 1);
  const size_t id = all.rfind("id: ", all.rfind("\n\n", second));
  const std::string last_id = all.substr(id + 4, all.find('\n', id) - id - 4);
  const std::string rest = get("/jobs/" + job + "/events", "Last-Event-ID: " + last_id + "\r\n").body;
  EXPECT_THAT(rest, Not(HasSubstr("One.")));
  EXPECT_THAT(rest, HasSubstr("Two."));
  EXPECT_EQ(get("/jobs/" + job + "/events?after=" + last_id).body, rest);
  EXPECT_EQ(get("/jobs/" + job + "/events?after=x").status, 400);
}

TEST_F(EventStream, AFinishedJobWithNothingNewTellsItsStateAndEnds) {
  const std::string job = queued_job();
  post("/jobs/" + job + "/cancel", "", token_);
  EXPECT_THAT(get("/jobs/" + job + "/events?after=1000000").body, HasSubstr(R"("state":"cancelled")"));
}

TEST_F(EventStream, ALongBacklogComesWholeAndInOrder) {
  const std::string job = queued_job();
  const auto claim = store_.claim_next(1h);
  for (uint64_t window = 0; window < 200; ++window)
    ASSERT_TRUE(store_.append_segments(**claim, window, {segment(window, "Text " + std::to_string(window) + ".")},
                                       {Millis(1000 * window), std::nullopt, std::nullopt}));
  ASSERT_TRUE(store_.finish(**claim, Millis(200'000), {}));
  const std::string events = get("/jobs/" + job + "/events").body;
  size_t position = 0;
  for (uint64_t window = 0; window < 200; ++window) {
    position = events.find("Text " + std::to_string(window) + ".", position);
    ASSERT_NE(position, std::string::npos) << window;
  }
  EXPECT_GT(events.find("event: state"), position);
}

TEST_F(EventStream, EventsComeAsTheyHappen) {
  const std::string job = queued_job();
  RawClient client = server_.connect();
  client.send(head("GET", "/jobs/" + job + "/events", token_) + "\r\n");
  EXPECT_TRUE(client.take_until(R"("state":"queued")"));
  const auto claim = store_.claim_next(1h);
  bell_->ring();
  EXPECT_TRUE(client.take_until(R"("state":"running")"));
  activities_.set(job, {Activity::Phase::kTranscribing, 0, 0});
  EXPECT_TRUE(client.take_until("event: activity\ndata: {\"phase\":\"transcribing\"}\n\n"));
  ASSERT_TRUE(store_.append_segments(**claim, 0, {segment(0, "Now.")}, {Millis(1000), Millis(2000), 2.0}));
  bell_->ring();
  EXPECT_TRUE(client.take_until("Now."));
  activities_.clear(job);
  EXPECT_TRUE(client.take_until("event: activity\ndata: null\n\n"));
  send_json("DELETE", "/jobs/" + job, "", token_);
  EXPECT_TRUE(client.take_until("event: deleted\ndata: {\"id\":\"" + job + "\"}\n\n"));
  EXPECT_TRUE(client.take_until("0\r\n\r\n"));
}

TEST_F(EventStream, AQueuedJobIsToldWhenItMovesUp) {
  const std::string first = queued_job();
  const std::string second = queued_job();
  RawClient client = server_.connect();
  client.send(head("GET", "/jobs/" + second + "/events", token_) + "\r\n");
  EXPECT_TRUE(client.take_until(R"("queue_position":1)"));
  post("/jobs/" + first + "/cancel", "", token_);
  EXPECT_TRUE(client.take_until(R"("queue_position":0)"));
}

}  // namespace
}  // namespace v2t::http
