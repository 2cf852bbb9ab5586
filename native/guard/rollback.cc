#include "rollback.h"

#include <unistd.h>

#include <cerrno>

#include "../core/lock.h"
#include "nftables.h"

namespace rampart {
namespace {

/** Microseconds. */
constexpr useconds_t kPause = 10'000;
/** Two seconds: who holds the lock for longer may be stopped for good, and the way in counts more. */
constexpr int kLockAttempts = 200;
/** What fails for want of memory may work a little later. */
constexpr int kRounds = 4;
constexpr useconds_t kBetweenRounds = 300'000;

std::string OldFile(const TableJob& table) { return "old." + table.Label(); }
std::string Failed(const Failure& failure) {
  return "failed " + std::to_string(failure.error) + " " + failure.call;
}

UniqueFd TakeLock(const std::string& path) {
  for (int i = 0; i < kLockAttempts && !path.empty(); i++) {
    auto lock = TryLock(path);
    if (!lock.ok()) break;
    if (lock.value()) return std::move(lock.value());
    usleep(kPause);
  }
  return UniqueFd();
}

}  // namespace

Status Rollback::LoadBatches() {
  for (const auto& [name, fallback] : job_.batches) {
    auto bytes = state_.Read(name);
    if (!bytes.ok()) return bytes.failure();
    std::string other;
    if (!fallback.empty()) {
      auto read = state_.Read(fallback);
      if (!read.ok()) return read.failure();
      other = std::move(read.value());
    }
    batches_.push_back({name, std::move(bytes.value()), std::move(other)});
  }
  return {};
}

Status Rollback::Prepare() {
  xtables_ = Xtables::Open();
  for (const TableJob& table : job_.tables) {
    auto bytes = xtables_.Read(table);
    if (!bytes.ok()) return bytes.failure();
    if (auto failure = Validate(table, bytes.value())) return failure;
    if (auto failure = state_.Write(OldFile(table), bytes.value())) return failure;
    tables_.push_back({table, std::move(bytes.value()), {}});
  }
  if (auto failure = LoadBatches()) return failure;
  for (Batch& batch : batches_) {
    if (auto failure = TryBatch(batch.bytes)) return failure;
    // The last resort is allowed to be none.
    if (!batch.fallback.empty() && TryBatch(batch.fallback)) batch.fallback.clear();
  }
  first_generation_ = batches_.empty() ? 0 : Generation();
  for (const uint32_t generation : job_.generations)
    if (generation != first_generation_) return Failure{ESTALE, "generation"};
  return {};
}

Status Rollback::Reload() {
  xtables_ = Xtables::Open();
  for (const TableJob& table : job_.tables) {
    auto bytes = state_.Read(OldFile(table));
    if (!bytes.ok()) return bytes.failure();
    if (auto failure = Validate(table, bytes.value())) return failure;
    tables_.push_back({table, std::move(bytes.value()), {}});
  }
  return LoadBatches();
}

void Rollback::NoteCommit() {
  for (Kept& kept : tables_) {
    auto bytes = xtables_.Read(kept.job);
    kept.ours = bytes.ok() ? std::move(bytes.value()) : TableBytes();
  }
  if (!batches_.empty()) our_generation_ = Generation();
}

std::string Rollback::RunTable(Kept& kept) {
  const TableJob& table = kept.job;
  std::string foreign;
  auto present = xtables_.Read(table);
  if (present.ok() && !kept.ours.empty() && !SameRules(table, present.value(), kept.ours)) {
    foreign = " foreign";
    state_.Write("found." + table.Label(), present.value());
  }
  if (present.ok() && SameRules(table, present.value(), kept.old)) {
    kept.done = true;
    return "same";
  }
  const Status failure = xtables_.Restore(table, kept.old);
  kept.done = !failure;
  return (failure ? Failed(*failure) : "restored") + foreign;
}

std::string Rollback::RunBatch(Batch& batch) {
  const uint32_t now = Generation();
  if (now != 0 && now == first_generation_) {
    batch.done = true;
    return "same";
  }
  const std::string foreign = our_generation_ != 0 && now != our_generation_ ? " foreign" : "";
  batch.done = true;
  const Status failure = SendBatch(batch.bytes);
  if (!failure) return "restored" + foreign;
  if (!batch.fallback.empty() && !SendBatch(batch.fallback)) return "anew" + foreign;
  batch.done = false;
  return Failed(*failure) + foreign;
}

bool Rollback::Run(std::string& report) {
  bool all = false;
  std::string lines;
  const UniqueFd lock = TakeLock(job_.lock);
  if (!job_.lock.empty() && !lock) report += "lock not-taken\n";
  std::vector<std::string> said(tables_.size() + batches_.size());
  for (Kept& kept : tables_) kept.done = false;
  for (Batch& batch : batches_) batch.done = false;
  for (int round = 0; round < kRounds && !all; round++) {
    if (round > 0) usleep(kBetweenRounds);
    all = true;
    size_t i = 0;
    for (Kept& kept : tables_) {
      if (!kept.done) said[i] = kept.job.Label() + " " + RunTable(kept);
      all = all && kept.done;
      i++;
    }
    // The second batch meets the generation that the first one made.
    uint32_t before = our_generation_;
    for (Batch& batch : batches_) {
      if (!batch.done) said[i] = batch.name + " " + RunBatch(batch);
      all = all && batch.done;
      i++;
      our_generation_ = 0;
    }
    our_generation_ = before;
  }
  for (const std::string& line : said) report += line + "\n";
  return all;
}

}  // namespace rampart
