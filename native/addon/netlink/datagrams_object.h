#pragma once

#include <napi.h>

#include <optional>

#include "../../core/blocks.h"

namespace rampart {

/** `new Datagrams()`: collects messages on their way to transact, which takes them away. */
class DatagramsObject : public Napi::ObjectWrap<DatagramsObject> {
 public:
  static Napi::Function Define(Napi::Env env);
  /** Empties the object; nothing if `value` is none. */
  static std::optional<Blocks> Take(const Napi::Value& value);

  explicit DatagramsObject(const Napi::CallbackInfo& info);

 private:
  Napi::Value Push(const Napi::CallbackInfo& info);
  Napi::Value Next(const Napi::CallbackInfo& info);
  Napi::Value Length(const Napi::CallbackInfo& info);

  Blocks bytes_;
  /** Whether what comes next begins a datagram. */
  bool next_ = true;
};

}  // namespace rampart
