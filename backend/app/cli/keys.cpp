// `video2text keys`: who may use the server's API. Works beside a running server, which asks for keys at every request.
#include "app/services/keys.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "app/cli/commands.h"

namespace v2t::cli {
namespace {

std::string day_of(const std::optional<WallTime>& time) {
  if (!time) return "never";
  const std::time_t seconds = std::chrono::system_clock::to_time_t(*time);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 40> text{};
  const size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &utc);
  return {text.data(), size};
}

Result<void> list_keys(Keys& keys) {
  TRY(const auto all, keys.list());
  if (all.empty()) std::printf("There are no keys; make one with `video2text keys create NAME`\n");
  for (const auto& key : all) {
    const std::string end = key.revoked ? "revoked " + day_of(key.revoked) : "used " + day_of(key.last_used);
    std::printf("%-24s created %s  %s (UTC)\n", key.name.c_str(), day_of(key.created).c_str(), end.c_str());
  }
  return {};
}

Result<void> create_key(Keys& keys, const std::string& name) {
  TRY(const std::string key, keys.create(name));
  std::printf("%s\n", key.c_str());
  std::fprintf(stderr,
               "This is the key of %s. It is stored nowhere: note it now. Send it as `Authorization: Bearer KEY`.\n",
               name.c_str());
  return {};
}

Result<void> use_keys(const KeysArguments& arguments, Keys& keys) {
  switch (arguments.action) {
    case KeysArguments::Action::kList:
      return list_keys(keys);
    case KeysArguments::Action::kCreate:
      return create_key(keys, arguments.name);
    case KeysArguments::Action::kRevoke:
      TRY_VOID(keys.revoke(arguments.name));
      std::printf("The key of %s is let in no more.\n", arguments.name.c_str());
  }
  return {};
}

}  // namespace

int run_keys(const KeysArguments& arguments, const Composition& composition) {
  const auto done = composition.with_keys([&](Keys& keys) { return use_keys(arguments, keys); });
  if (done) return kExitDone;
  print_error(done.error());
  return exit_code_of(done.error());
}

}  // namespace v2t::cli
