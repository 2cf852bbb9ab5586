#include "calls.h"

#include "../../core/iptc/table.h"
#include "../../core/lock.h"
#include "../arguments.h"
#include "../array_buffer.h"
#include "../fd_handle.h"
#include "../result.h"
#include "../task.h"
#include "patch_object.h"

namespace rampart {
namespace {

std::optional<Family> FamilyArgument(const Napi::CallbackInfo& info) {
  const double number = info[0].IsNumber() ? info[0].As<Napi::Number>().DoubleValue() : 0;
  if (number == 4) return Family::kIpv4;
  if (number == 6) return Family::kIpv6;
  ThrowTypeError(info.Env(), "the family is 4 or 6");
  return std::nullopt;
}

std::optional<std::string> TableArgument(const Napi::CallbackInfo& info) {
  if (info[1].IsString()) return info[1].As<Napi::String>().Utf8Value();
  ThrowTypeError(info.Env(), "the table is a string");
  return std::nullopt;
}

class NamesTask : public Task {
 public:
  explicit NamesTask(Family family) : family_(family) {}
  Status Run() override {
    auto names = TableNames(family_);
    if (!names.ok()) return names.failure();
    names_ = std::move(names.value());
    return std::nullopt;
  }
  Napi::Value Value(Napi::Env env) override { return Napi::String::New(env, names_); }

 private:
  const Family family_;
  std::string names_;
};

class FreeTask : public Task {
 public:
  explicit FreeTask(Remains remains) : remains_(std::move(remains)) {}
  Status Run() override {
    Free(std::move(remains_));
    return std::nullopt;
  }
  Napi::Value Value(Napi::Env env) override { return env.Undefined(); }

 private:
  Remains remains_;
};
/** The caller has its answer by then. */
void FreeLater(Napi::Env env, Remains remains) {
  if (remains) Queue(env, std::make_unique<FreeTask>(std::move(remains)), UniqueFd());
}

class ReadTask : public Task {
 public:
  ReadTask(Family family, std::string table) : family_(family), table_(std::move(table)) {}
  Status Run() override {
    auto image = ReadTable(family_, table_, &remains_);
    if (!image.ok()) {
      Free(std::move(remains_));
      return image.failure();
    }
    image_ = std::move(image.value());
    return std::nullopt;
  }
  Napi::Value Value(Napi::Env env) override {
    FreeLater(env, std::move(remains_));
    return image_ ? ToArrayBuffer(env, std::move(image_->pages), image_->bytes) : env.Undefined();
  }

 private:
  const Family family_;
  const std::string table_;
  std::optional<Image> image_;
  Remains remains_;
};

class ApplyTask : public Task {
 public:
  ApplyTask(std::shared_ptr<TableWriter> writer, Blocks piece)
      : writer_(std::move(writer)), piece_(std::move(piece)) {}
  Status Run() override { return writer_->Apply(std::move(piece_)); }
  Napi::Value Value(Napi::Env env) override { return env.Undefined(); }

 private:
  const std::shared_ptr<TableWriter> writer_;
  Blocks piece_;
};

class CommitTask : public Task {
 public:
  CommitTask(std::shared_ptr<TableWriter> writer, Blocks piece)
      : writer_(std::move(writer)), piece_(std::move(piece)) {}
  Status Run() override {
    auto failure = writer_->Commit(std::move(piece_));
    remains_ = writer_->End();
    if (failure) Free(std::move(remains_));
    return failure;
  }
  Napi::Value Value(Napi::Env env) override {
    FreeLater(env, std::move(remains_));
    return env.Undefined();
  }

 private:
  const std::shared_ptr<TableWriter> writer_;
  Blocks piece_;
  Remains remains_;
};

class DropTask : public Task {
 public:
  explicit DropTask(std::shared_ptr<TableWriter> writer) : writer_(std::move(writer)) {}
  Status Run() override {
    if (writer_) Free(writer_->End());
    return std::nullopt;
  }
  Napi::Value Value(Napi::Env env) override { return env.Undefined(); }

 private:
  const std::shared_ptr<TableWriter> writer_;
};

template <typename WriteTask>
Napi::Value Write(const Napi::CallbackInfo& info) {
  const auto family = FamilyArgument(info);
  if (!family) return info.Env().Undefined();
  const auto table = TableArgument(info);
  if (!table) return info.Env().Undefined();
  auto network = NetworkArgument(info, 2);
  if (!network) return info.Env().Undefined();
  PatchObject* const patch = PatchObject::From(info[3]);
  if (patch == nullptr) return ThrowTypeError(info.Env(), "a Patch is needed");
  auto writer = patch->WriterFor(*family, *table);
  if (!writer) return ThrowTypeError(info.Env(), "a Patch is for one table");
  auto task = std::make_unique<WriteTask>(std::move(writer), patch->Take());
  return Queue(info.Env(), std::move(task), std::move(*network));
}

}  // namespace

Napi::Value TableNamesCall(const Napi::CallbackInfo& info) {
  const auto family = FamilyArgument(info);
  if (!family) return info.Env().Undefined();
  auto network = NetworkArgument(info, 1);
  if (!network) return info.Env().Undefined();
  return Queue(info.Env(), std::make_unique<NamesTask>(*family), std::move(*network));
}

Napi::Value ReadTableCall(const Napi::CallbackInfo& info) {
  const auto family = FamilyArgument(info);
  if (!family) return info.Env().Undefined();
  auto table = TableArgument(info);
  if (!table) return info.Env().Undefined();
  auto network = NetworkArgument(info, 2);
  if (!network) return info.Env().Undefined();
  return Queue(info.Env(), std::make_unique<ReadTask>(*family, std::move(*table)), std::move(*network));
}

Napi::Value ApplyPatchCall(const Napi::CallbackInfo& info) { return Write<ApplyTask>(info); }
Napi::Value CommitTableCall(const Napi::CallbackInfo& info) { return Write<CommitTask>(info); }

Napi::Value DropPatchCall(const Napi::CallbackInfo& info) {
  PatchObject* const patch = PatchObject::From(info[0]);
  if (patch == nullptr) return ThrowTypeError(info.Env(), "a Patch is needed");
  patch->Take();
  return Queue(info.Env(), std::make_unique<DropTask>(patch->writer()), UniqueFd());
}

Napi::Value TryLockCall(const Napi::CallbackInfo& info) {
  if (!info[0].IsString()) return ThrowTypeError(info.Env(), "tryLock(path: string)");
  auto fd = TryLock(info[0].As<Napi::String>());
  if (!fd.ok()) return Throw(info.Env(), fd.failure());
  if (!fd.value()) return info.Env().Undefined();
  return NewFdHandle(info.Env(), kLockHandle, std::move(fd.value()));
}

}  // namespace rampart
