#pragma once

#include <napi.h>

#include <optional>

#include "../core/bytes.h"
#include "../core/unique_fd.h"

namespace rampart {

/** A `Namespace | undefined` argument; nothing, and an error thrown, if it is neither or closed. */
std::optional<UniqueFd> NetworkArgument(const Napi::CallbackInfo& info, size_t position);

/** The bytes of a Uint8Array, valid until JavaScript runs again; nothing, and an error thrown, if it is none.
 */
std::optional<View> BytesArgument(const Napi::CallbackInfo& info, size_t position);

/** openNamespace(path) and newNamespace(), which both addons export. */
Napi::Value OpenNamespaceCall(const Napi::CallbackInfo& info);
Napi::Value NewNamespaceCall(const Napi::CallbackInfo& info);

}  // namespace rampart
