// OpenAI's audio API: /v1/audio/transcriptions, /v1/audio/translations, /v1/models.
#include <boost/json.hpp>
#include <filesystem>

#include "app/http/audio_job.h"
#include "app/http/head.h"
#include "app/http/multipart.h"
#include "app/http/routes.h"
#include "base/text.h"

namespace v2t::http {
namespace {

namespace json = boost::json;

constexpr std::string_view kFile = "file";
constexpr size_t kFieldBytes = 64 * 1024;    // of one field
constexpr size_t kFieldsBytes = 256 * 1024;  // of all of them

// The form of one request: fields in memory, the file in the blob store, in whatever order they come.
class AudioForm final : public FormReceiver {
 public:
  AudioForm(const Services& services, Caller caller)
      : uploads_(services.uploads), quotas_(services.quotas), caller_(std::move(caller)) {}
  AudioForm(const AudioForm&) = delete;
  AudioForm& operator=(const AudioForm&) = delete;
  ~AudioForm() override { drop(); }

  // A file that no job has taken is of no use to anybody.
  void drop() {
    if (upload_ && !is_taken_) static_cast<void>(uploads_.remove(caller_.owner, upload_->id));
    is_taken_ = true;
  }

  Outcome<void> begin_part(const FormPart& part) override {
    is_file_ = part.name == kFile;
    if (!is_file_) {
      fields_.emplace_back(part.name, "");
      return {};
    }
    if (upload_) return refuse({ErrorCode::kInvalidArgument, "send one file", std::string(kFile)});
    ATTEMPT(upload_, uploads_.begin(caller_.owner, part.filename.value_or("")));
    quotas_.add_upload(caller_, upload_->id, 0);
    return {};
  }

  Outcome<void> take(std::string_view content) override {
    if (is_file_) return take_file(content);
    auto& [name, value] = fields_.back();
    value += content;
    fields_bytes_ += content.size();
    if (value.size() > kFieldBytes || fields_bytes_ > kFieldsBytes)
      return refuse({ErrorCode::kTooLarge, "a field has at most 64 kB, all together 256 kB", to_valid_utf8(name)});
    return {};
  }

  Outcome<void> end_part() override { return {}; }

  const FormFields& fields() const { return fields_; }
  const std::optional<BlobInfo>& upload() const { return upload_; }
  // From now on the file is its job's.
  void hand_over() {
    is_taken_ = true;
    quotas_.set_bytes(upload_->id, upload_->size_bytes);
  }

 private:
  Outcome<void> take_file(std::string_view content) {
    const uint64_t limit = uploads_.limits().max_size_bytes;
    if (content.size() > limit - upload_->size_bytes)
      return refuse(
          {ErrorCode::kTooLarge, "this server takes files of at most " + human_bytes(limit), std::string(kFile)});
    ATTEMPT(upload_->size_bytes,
            uploads_.append(caller_.owner, upload_->id, upload_->size_bytes, std::as_bytes(std::span(content))));
    return {};
  }

  Uploads& uploads_;
  Quotas& quotas_;
  Caller caller_;
  FormFields fields_;
  size_t fields_bytes_ = 0;
  std::optional<BlobInfo> upload_;
  bool is_file_ = false;
  bool is_taken_ = false;
};

class AudioSink final : public BodySink {
 public:
  AudioSink(const Api& api, const Caller& caller, Task task, const std::string& boundary)
      : api_(api), caller_(caller), task_(task), form_(api.services, caller), reader_(boundary, form_) {}

  Outcome<void> write(std::span<const std::byte> piece) override {
    auto taken = reader_.write({reinterpret_cast<const char*>(piece.data()), piece.size()});
    if (!taken) form_.drop();
    return taken;
  }

  Outcome<Response> finish() override {
    auto begun = begin_job();
    if (!begun) form_.drop();
    return begun;
  }

  void abandon() override { form_.drop(); }

 private:
  Outcome<Response> begin_job() {
    ATTEMPT_VOID(reader_.finish());
    ATTEMPT(AudioRequest request, parse_audio_request(form_.fields(), task_, api_.services.jobs.defaults()));
    if (!form_.upload())
      return refuse({ErrorCode::kInvalidArgument, "send the audio in the form field `file`", std::string(kFile)});
    if (form_.upload()->size_bytes == 0)
      return refuse({400, {ErrorCode::kEmptyFile, "the file is empty"}, std::string(kFile)});
    const BlobId upload = form_.upload()->id;
    const auto keep = request.keeps_job ? Jobs::Keep::kListed : Jobs::Keep::kTransient;
    ATTEMPT(const JobView view, api_.services.jobs.create(caller_.owner, upload, request.settings, {{}, {}, keep}));
    form_.hand_over();
    api_.services.quotas.add_job(caller_, view.job.id);
    auto job = std::make_shared<AudioJob>(AudioJob::Parts{api_.services.jobs, api_.services.quotas}, caller_.owner,
                                          view.job.id, std::move(request));
    // The job is there before its media is complete: a crash in between leaves nothing that nobody would remove.
    const auto lifetime = job->request().keeps_job ? Lifetime::kForGood : Lifetime::kOfProcess;
    ATTEMPT_VOID(api_.services.uploads.end(caller_.owner, upload, lifetime));
    Response response;
    if (job->request().keeps_job) response.headers.add("X-V2T-Job", view.job.id);
    response.body = wait_for(std::move(job));
    return response;
  }

  const Api& api_;
  Caller caller_;
  Task task_;
  AudioForm form_;
  MultipartReader reader_;
};

StreamHandler audio_handler(const std::shared_ptr<const Api>& api, Task task) {
  return [api, task](const Request& request) -> Outcome<std::unique_ptr<BodySink>> {
    ATTEMPT(const OwnerId owner, audio_owner_of(*api, request));
    ATTEMPT(const std::string boundary, multipart_boundary(request.headers));
    const Caller caller = caller_of(request, owner);
    const auto length = parse_number(request.headers.find("Content-Length").value_or(""));
    if (const auto refusal = api->services.quotas.refuse_upload(caller, length.value_or(0)))
      return refuse(over_quota(*refusal));
    if (const auto refusal = api->services.quotas.refuse_job(caller)) return refuse(over_quota(*refusal));
    return std::make_unique<AudioSink>(*api, caller, task, boundary);
  };
}

int64_t unix_time_of(const std::filesystem::path& folder) {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(folder, error);
  if (folder.empty() || error) return 0;
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::file_clock::to_sys(time).time_since_epoch())
      .count();
}

json::object model_json(const std::string& id, const std::string& repository, const std::filesystem::path& folder) {
  const std::string owner = repository.substr(0, repository.find('/'));
  return {{"id", id},
          {"object", "model"},
          {"created", unix_time_of(folder)},
          {"owned_by", owner.empty() ? "local" : owner}};
}

Outcome<json::array> all_models(const Api& api) {
  ATTEMPT(const auto entries, api.services.models.list());
  const std::string& default_model = api.services.jobs.defaults().model;
  json::array models;
  ModelEntry own;
  for (const auto& entry : entries) {
    models.push_back(model_json(entry.name, entry.repository, entry.folder));
    if (entry.name == default_model) own = entry;
  }
  for (const std::string_view alias : model_aliases())
    models.push_back(model_json(std::string(alias), own.repository, own.folder));
  return models;
}

Outcome<Response> list_models(const Api& api, const Request& request) {
  ATTEMPT_VOID(audio_owner_of(api, request));
  ATTEMPT(json::array models, all_models(api));
  return json_response(200, json::serialize(json::object{{"object", "list"}, {"data", std::move(models)}}));
}

Outcome<Response> show_model(const Api& api, const Request& request) {
  ATTEMPT_VOID(audio_owner_of(api, request));
  // Names of models have a slash, which clients send escaped or as it is.
  std::string name = request.parameters.front();
  if (request.parameters.size() > 1) name += '/' + request.parameters[1];
  ATTEMPT(const json::array models, all_models(api));
  for (const auto& model : models)
    if (model.at("id").as_string() == name) return json_response(200, json::serialize(model));
  return refuse(
      {ErrorCode::kNotFound, "the model `" + name + "` does not exist; GET /v1/models lists those there are", "model"});
}

}  // namespace

void add_audio_routes(Router& router, const std::shared_ptr<const Api>& api) {
  router.add("POST", "/v1/audio/transcriptions", audio_handler(api, Task::kTranscribe));
  router.add("POST", "/v1/audio/translations", audio_handler(api, Task::kTranslate));
  router.add("GET", "/v1/models", Handler([api](const Request& request) { return list_models(*api, request); }));
  const Handler show = [api](const Request& request) { return show_model(*api, request); };
  router.add("GET", "/v1/models/{id}", show);
  router.add("GET", "/v1/models/{owner}/{name}", show);
}

}  // namespace v2t::http
