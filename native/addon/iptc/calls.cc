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

class ReadTask : public Task {
 public:
  ReadTask(Family family, std::string table) : family_(family), table_(std::move(table)) {}
  Status Run() override {
    auto image = ReadTable(family_, table_);
    if (!image.ok()) return image.failure();
    image_ = std::move(image.value());
    return std::nullopt;
  }
  Napi::Value Value(Napi::Env env) override {
    return image_ ? ToArrayBuffer(env, std::move(image_->pages), image_->bytes) : env.Undefined();
  }

 private:
  const Family family_;
  const std::string table_;
  std::optional<Image> image_;
};

class CommitTask : public Task {
 public:
  CommitTask(Family family, std::string table, Blocks patch)
      : family_(family), table_(std::move(table)), patch_(std::move(patch)) {}
  Status Run() override { return CommitTable(family_, table_, std::move(patch_)); }
  Napi::Value Value(Napi::Env env) override { return env.Undefined(); }

 private:
  const Family family_;
  const std::string table_;
  Blocks patch_;
};

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

Napi::Value CommitTableCall(const Napi::CallbackInfo& info) {
  const auto family = FamilyArgument(info);
  if (!family) return info.Env().Undefined();
  auto table = TableArgument(info);
  if (!table) return info.Env().Undefined();
  auto network = NetworkArgument(info, 2);
  if (!network) return info.Env().Undefined();
  auto patch = PatchObject::Take(info.Env(), info[3]);
  if (!patch) return ThrowTypeError(info.Env(), "a Patch is needed");
  auto task = std::make_unique<CommitTask>(*family, std::move(*table), std::move(*patch));
  return Queue(info.Env(), std::move(task), std::move(*network));
}

Napi::Value TryLockCall(const Napi::CallbackInfo& info) {
  if (!info[0].IsString()) return ThrowTypeError(info.Env(), "tryLock(path: string)");
  auto fd = TryLock(info[0].As<Napi::String>());
  if (!fd.ok()) return Throw(info.Env(), fd.failure());
  if (!fd.value()) return info.Env().Undefined();
  return NewFdHandle(info.Env(), kLockHandle, std::move(fd.value()));
}

}  // namespace rampart
