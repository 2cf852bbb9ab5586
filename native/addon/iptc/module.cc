#include "../arguments.h"
#include "../wire.h"
#include "calls.h"
#include "patch_object.h"

namespace {

Napi::Object Begin(Napi::Env env, Napi::Object exports) {
  exports.Set("wireVersion", Napi::Number::New(env, rampart::kWireVersion));
  exports.Set("Patch", rampart::PatchObject::Define(env));
  exports.Set("newNamespace", Napi::Function::New<rampart::NewNamespaceCall>(env, "newNamespace"));
  exports.Set("openNamespace", Napi::Function::New<rampart::OpenNamespaceCall>(env, "openNamespace"));
  exports.Set("tableNames", Napi::Function::New<rampart::TableNamesCall>(env, "tableNames"));
  exports.Set("readTable", Napi::Function::New<rampart::ReadTableCall>(env, "readTable"));
  exports.Set("applyPatch", Napi::Function::New<rampart::ApplyPatchCall>(env, "applyPatch"));
  exports.Set("commitTable", Napi::Function::New<rampart::CommitTableCall>(env, "commitTable"));
  exports.Set("dropPatch", Napi::Function::New<rampart::DropPatchCall>(env, "dropPatch"));
  exports.Set("tryLock", Napi::Function::New<rampart::TryLockCall>(env, "tryLock"));
  return exports;
}

}  // namespace

NODE_API_MODULE(iptc, Begin)
