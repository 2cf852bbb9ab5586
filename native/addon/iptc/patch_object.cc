#include "patch_object.h"

#include <cerrno>
#include <utility>

#include "../arguments.h"
#include "../result.h"

namespace rampart {
namespace {
constexpr napi_type_tag kTag{0x5b7de20c91a6438f, 0xb8e31d4f70c2956a};
}

Napi::Function PatchObject::Define(Napi::Env env) {
  return DefineClass(
      env, "Patch",
      {InstanceMethod("push", &PatchObject::Push), InstanceAccessor<&PatchObject::Length>("length")});
}

PatchObject::PatchObject(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTag);
}

PatchObject* PatchObject::From(const Napi::Value& value) {
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kTag)) return nullptr;
  return Unwrap(value.As<Napi::Object>());
}

std::shared_ptr<TableWriter> PatchObject::WriterFor(Family family, const std::string& table) {
  if (!writer_) writer_ = std::make_shared<TableWriter>(family, table);
  return writer_->family() == family && writer_->table() == table ? writer_ : nullptr;
}

Napi::Value PatchObject::Push(const Napi::CallbackInfo& info) {
  const auto bytes = BytesArgument(info, 0);
  if (bytes && !bytes_.Push(*bytes)) return Throw(info.Env(), Failure{ENOMEM, "mmap"});
  return info.Env().Undefined();
}

Napi::Value PatchObject::Length(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(bytes_.size()));
}

}  // namespace rampart
