#pragma once

#include <napi.h>

#include <optional>
#include <vector>

#include "../../core/netlink/message.h"

namespace rampart {

/** A request whose bytes lie in JavaScript's own memory, and are held there. Made and dropped on its thread.
 */
struct HeldRequest {
  Request datagrams;
  /** In bytes. */
  size_t size = 0;
  std::vector<Napi::ObjectReference> held;

  /** Puts bytes at the end of the last datagram, or in one of their own; of nothing there is none. */
  void Add(const Napi::Value& array, View bytes, bool begins);
};

/** `new Datagrams()`: collects messages on their way to transact, which takes them away. */
class DatagramsObject : public Napi::ObjectWrap<DatagramsObject> {
 public:
  static Napi::Function Define(Napi::Env env);
  /** Empties the object; nothing if `value` is none. */
  static std::optional<HeldRequest> Take(const Napi::Value& value);

  explicit DatagramsObject(const Napi::CallbackInfo& info);

 private:
  Napi::Value Push(const Napi::CallbackInfo& info);
  Napi::Value Next(const Napi::CallbackInfo& info);
  Napi::Value Length(const Napi::CallbackInfo& info);

  HeldRequest request_;
  /** Whether what comes next begins a datagram. */
  bool next_ = true;
};

}  // namespace rampart
