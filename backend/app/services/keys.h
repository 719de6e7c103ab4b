// API keys: secrets that programs send, each standing for an owner of its own.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "domain/clock.h"
#include "domain/owner_store.h"

namespace v2t {

// Keys that the administrator gives with the settings, by name: in force as long as they stand there.
using GivenKeys = std::map<std::string, std::string>;

// "phone=SECRET,desk=SECRET". kInvalidArgument for what is not of this form, and for secrets below 16 characters.
Result<GivenKeys> parse_given_keys(const std::string& text);

// Thread-safe. Only SHA-256 hashes of keys are stored.
class Keys {
 public:
  Keys(OwnerStore& owners, const Clock& clock, const GivenKeys& given = {});

  // The new key: "v2t_" and 256 random bits; it is shown once and never again. kInvalidArgument for a name that is
  // not 1 to 64 characters of letters, digits and ".-_"; kConflict when a key of the name is in force.
  Result<std::string> create(const std::string& name);
  // Stored ones, also revoked ones, by name.
  Result<std::vector<ApiKey>> list();
  // kNotFound when no key of this name is in force. The owner's jobs stay.
  Result<void> revoke(const std::string& name);

  // Whether any key is in force.
  Result<bool> has_any();
  // Nothing for what is no key in force.
  Result<std::optional<OwnerId>> find(std::string_view key);

 private:
  OwnerStore& owners_;
  const Clock& clock_;
  std::map<std::string, OwnerId> given_;  // by hash
};

}  // namespace v2t
