#pragma once

#include <napi.h>

#include <optional>

#include "../../core/blocks.h"

namespace rampart {

/** `new Patch()`: collects a patch's bytes on their way to commitTable, which takes them away. */
class PatchObject : public Napi::ObjectWrap<PatchObject> {
 public:
  static Napi::Function Define(Napi::Env env);
  /** Empties the object; nothing if `value` is none. */
  static std::optional<Blocks> Take(Napi::Env env, const Napi::Value& value);

  explicit PatchObject(const Napi::CallbackInfo& info);

 private:
  Napi::Value Push(const Napi::CallbackInfo& info);
  Napi::Value Length(const Napi::CallbackInfo& info);

  Blocks bytes_;
};

}  // namespace rampart
