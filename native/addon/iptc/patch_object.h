#pragma once

#include <napi.h>

#include <memory>
#include <optional>

#include "../../core/iptc/writer.h"

namespace rampart {

/**
 * `new Patch()`: collects a patch's bytes on their way to applyPatch and commitTable, which take them away,
 * and remembers the table that they went to.
 */
class PatchObject : public Napi::ObjectWrap<PatchObject> {
 public:
  static Napi::Function Define(Napi::Env env);
  /** Nothing if `value` is none. */
  static PatchObject* From(const Napi::Value& value);

  explicit PatchObject(const Napi::CallbackInfo& info);

  /** Empties the object. */
  Blocks Take() { return std::exchange(bytes_, {}); }
  /** The same one for every call; nothing for another table than before. */
  std::shared_ptr<TableWriter> WriterFor(Family family, const std::string& table);
  /** Nothing before the first call of `WriterFor`. */
  const std::shared_ptr<TableWriter>& writer() const { return writer_; }

 private:
  Napi::Value Push(const Napi::CallbackInfo& info);
  Napi::Value Length(const Napi::CallbackInfo& info);

  Blocks bytes_;
  std::shared_ptr<TableWriter> writer_;
};

}  // namespace rampart
