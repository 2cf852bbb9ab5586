#include "../arguments.h"
#include "../wire.h"
#include "datagrams_object.h"
#include "look.h"
#include "subscribe.h"
#include "transact.h"

namespace {

Napi::Object Begin(Napi::Env env, Napi::Object exports) {
  exports.Set("wireVersion", Napi::Number::New(env, rampart::kWireVersion));
  exports.Set("Datagrams", rampart::DatagramsObject::Define(env));
  exports.Set("newNamespace", Napi::Function::New<rampart::NewNamespaceCall>(env, "newNamespace"));
  exports.Set("openNamespace", Napi::Function::New<rampart::OpenNamespaceCall>(env, "openNamespace"));
  exports.Set("procNet", Napi::Function::New<rampart::ProcNetCall>(env, "procNet"));
  exports.Set("socketOption", Napi::Function::New<rampart::SocketOptionCall>(env, "socketOption"));
  exports.Set("subscribe", Napi::Function::New<rampart::SubscribeCall>(env, "subscribe"));
  exports.Set("transact", Napi::Function::New<rampart::TransactCall>(env, "transact"));
  return exports;
}

}  // namespace

NODE_API_MODULE(netlink, Begin)
