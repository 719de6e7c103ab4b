// /metrics: what an operator watches, as Prometheus reads it (text format 0.0.4).
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "app/http/routes.h"
#include "base/text.h"

namespace v2t::http {
namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string>>;

// Grows a page of metrics; those of one name must follow each other.
class Page {
 public:
  enum class Kind { kGauge, kCounter };
  void begin(std::string_view name, Kind kind, std::string_view help) {
    name_ = name;
    text_ += "# HELP " + name_ + ' ' + std::string(help) + "\n# TYPE " + name_;
    text_ += kind == Kind::kCounter ? " counter\n" : " gauge\n";
  }
  void add(double value, Labels labels = {}) {
    text_ += name_;
    std::string separator = "{";
    for (const auto& [label, label_value] : labels) {
      text_ += separator + std::string(label) + "=\"" + escape_json(label_value) + '"';
      separator = ",";
    }
    if (labels.size() > 0) text_ += '}';
    std::array<char, 40> number{};
    std::snprintf(number.data(), number.size(), " %.15g\n", value);
    text_ += number.data();
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::string name_;
};

double seconds(std::chrono::milliseconds time) { return static_cast<double>(time.count()) / 1000; }

Outcome<void> add_jobs(const Api& api, Page& page) {
  ATTEMPT(auto counts, api.services.jobs.count_states());
  page.begin("video2text_jobs", Page::Kind::kGauge, "Jobs in the store by state; queued is the queue.");
  for (const auto state : {JobState::kUploading, JobState::kQueued, JobState::kRunning, JobState::kDone,
                           JobState::kFailed, JobState::kCancelled})
    page.add(static_cast<double>(counts[state]), {{"state", std::string(job_state_name(state))}});
  return {};
}

void add_work(const Api& api, Page& page) {
  const auto work = api.services.work();
  page.begin("video2text_windows_total", Page::Kind::kCounter, "Windows recognised and saved.");
  page.add(static_cast<double>(work.windows));
  page.begin("video2text_audio_seconds_total", Page::Kind::kCounter, "Media time recognised.");
  page.add(seconds(work.audio));
  page.begin("video2text_work_seconds_total", Page::Kind::kCounter,
             "Time that finished jobs took from their first window on.");
  page.add(seconds(work.work));
  page.begin("video2text_jobs_done_total", Page::Kind::kCounter, "Jobs that ended with a text.");
  page.add(static_cast<double>(work.jobs_done));
  page.begin("video2text_jobs_failed_total", Page::Kind::kCounter, "Jobs that failed, by the code of the error.");
  for (const auto& [code, n] : work.jobs_failed) page.add(static_cast<double>(n), {{"code", code}});
}

void add_requests(const RequestCounts& requests, Page& page) {
  const auto counts = requests.counts();
  page.begin("video2text_http_requests_total", Page::Kind::kCounter, "Requests answered.");
  for (const auto& [key, count] : counts)
    page.add(static_cast<double>(count.requests), {{"route", key.first}, {"status", std::to_string(key.second)}});
  page.begin("video2text_http_request_seconds_total", Page::Kind::kCounter, "Time that they took.");
  for (const auto& [key, count] : counts)
    page.add(seconds(count.time), {{"route", key.first}, {"status", std::to_string(key.second)}});
}

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0;
  double resident = 0;
  statm >> pages >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double n_descriptors() {
  std::error_code error;
  const auto folder = std::filesystem::directory_iterator("/proc/self/fd", error);
  return error ? 0 : static_cast<double>(std::distance(begin(folder), end(folder)));
}

void add_process(const Api& api, Page& page) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto time = [](const timeval& value) { return static_cast<double>(value.tv_sec) + value.tv_usec * 1e-6; };
  page.begin("process_resident_memory_bytes", Page::Kind::kGauge, "Memory in use, without decoding processes.");
  page.add(resident_bytes());
  page.begin("process_open_fds", Page::Kind::kGauge, "Open descriptors.");
  page.add(n_descriptors());
  page.begin("process_cpu_seconds_total", Page::Kind::kCounter, "Processor time, without decoding processes.");
  page.add(time(usage.ru_utime) + time(usage.ru_stime));
  page.begin("video2text_ready", Page::Kind::kGauge, "1 when the recogniser answers: see /readyz.");
  page.add(api.services.readiness().is_ready ? 1 : 0);
  page.begin("video2text_info", Page::Kind::kGauge, "What runs.");
  page.add(1, {{"version", api.options.version}, {"model", api.services.jobs.defaults().model}});
}

// As long whatever the guess.
bool is_same_secret(std::string_view given, std::string_view secret) {
  unsigned difference = given.size() == secret.size() ? 0 : 1;
  for (size_t i = 0; i < given.size(); ++i)
    difference |= static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(secret[i % secret.size()]);
  return difference == 0;
}

// A proxy on this machine brings requests from elsewhere.
bool comes_from_this_machine(const Request& request) {
  const bool is_loopback = request.client.starts_with("127.") || request.client == "::1";
  const auto has = [&](std::string_view name) { return request.headers.find(name).has_value(); };
  return is_loopback && !has("X-Forwarded-For") && !has("Forwarded") && !has("X-Real-IP") && !has("Via");
}

Outcome<Response> show_metrics(const Api& api, const Request& request) {
  const std::string& token = api.options.metrics_token;
  if (!comes_from_this_machine(request) && (token.empty() || !is_same_secret(bearer_of(request), token)))
    return refuse({ErrorCode::kForbidden, "metrics are for this machine, or for a bearer of METRICS_TOKEN"});
  Page page;
  ATTEMPT_VOID(add_jobs(api, page));
  add_work(api, page);
  add_requests(*api.options.counts, page);
  add_process(api, page);
  Response response;
  response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.headers.add("Cache-Control", "no-store");
  response.body = page.take();
  return response;
}

}  // namespace

void add_metrics_routes(Router& router, const std::shared_ptr<const Api>& api) {
  router.add("GET", "/metrics", Handler([api](const Request& request) { return show_metrics(*api, request); }));
}

}  // namespace v2t::http
