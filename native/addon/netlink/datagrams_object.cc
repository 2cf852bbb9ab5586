#include "datagrams_object.h"

#include <utility>

#include "../arguments.h"

namespace rampart {
namespace {
constexpr napi_type_tag kTag{0x91e6c03f58ad7b24, 0x6d2f84b1e95c0a37};
}

void HeldRequest::Add(const Napi::Value& array, View bytes, bool begins) {
  if (bytes.size == 0) return;
  if (begins || datagrams.empty()) datagrams.emplace_back();
  datagrams.back().push_back(bytes);
  size += bytes.size;
  held.push_back(Napi::Persistent(array.As<Napi::Object>()));
}

Napi::Function DatagramsObject::Define(Napi::Env env) {
  return DefineClass(
      env, "Datagrams",
      {InstanceMethod("push", &DatagramsObject::Push), InstanceMethod("next", &DatagramsObject::Next),
       InstanceAccessor<&DatagramsObject::Length>("length")});
}

DatagramsObject::DatagramsObject(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTag);
}

std::optional<HeldRequest> DatagramsObject::Take(const Napi::Value& value) {
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kTag)) return std::nullopt;
  auto* const object = Unwrap(value.As<Napi::Object>());
  object->next_ = true;
  return std::exchange(object->request_, {});
}

Napi::Value DatagramsObject::Push(const Napi::CallbackInfo& info) {
  const auto bytes = BytesArgument(info, 0);
  if (!bytes || bytes->size == 0) return info.Env().Undefined();
  request_.Add(info[0], *bytes, next_);
  next_ = false;
  return info.Env().Undefined();
}

Napi::Value DatagramsObject::Next(const Napi::CallbackInfo& info) {
  next_ = true;
  return info.Env().Undefined();
}

Napi::Value DatagramsObject::Length(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(request_.size));
}

}  // namespace rampart
