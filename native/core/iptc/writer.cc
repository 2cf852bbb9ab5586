#include "writer.h"

#include <cerrno>

#include "table.h"

namespace rampart {
namespace {

constexpr Failure kOver{EINVAL, "patch"};

/**
 * Whether the kernel has the table that a session could not commit. libiptc replaces the rules first and adds
 * their old counters then: it can fail with the new rules live. Not being able to tell counts as yes.
 */
template <typename F>
bool IsLive(const std::string& table, Session<F>& wanted) {
  auto wanted_identity = wanted.Identify();
  Session<F> session(table);
  if (session.failure() || !wanted_identity.ok()) return true;
  auto identity = session.Identify();
  return !identity.ok() || identity.value() == wanted_identity.value();
}

template <typename F>
class OpenedTable : public TableWriter::Opened {
 public:
  explicit OpenedTable(const std::string& table)
      : table_(table), session_(table), reader_(F::kFamily, session_) {}

  const Status& failure() const { return session_.failure(); }
  Status Compare(const PatchHeader& header) override {
    if (!header.compare) return std::nullopt;
    auto identity = session_.Identify();
    if (!identity.ok()) return identity.failure();
    return identity.value() == header.digest ? Status() : Status(Failure{ESTALE, "compare"});
  }
  Status Read(View block) override { return reader_.Read(block); }
  Status Commit() override {
    auto failure = session_.Commit();
    if (failure) failure->applied = IsLive<F>(table_, session_);
    return failure;
  }

 private:
  const std::string table_;
  Session<F> session_;
  PatchReader reader_;
};

template <typename F>
Result<std::unique_ptr<TableWriter::Opened>> OpenAs(const std::string& table) {
  auto opened = std::make_unique<OpenedTable<F>>(table);
  if (opened->failure()) return *opened->failure();
  return std::unique_ptr<TableWriter::Opened>(std::move(opened));
}

}  // namespace

TableWriter::TableWriter(Family family, std::string table) : family_(family), table_(std::move(table)) {}

Remains TableWriter::End() {
  const std::lock_guard<std::mutex> turn(IptcMutex());
  if (!failure_) failure_ = kOver;
  pending_ = Blocks();
  return Remains(std::move(opened_));
}

Status TableWriter::Apply(Blocks piece) {
  const std::lock_guard<std::mutex> turn(IptcMutex());
  if (failure_ || piece.count() == 0) return failure_;
  pending_.TakeOver(std::move(piece));
  if (!opened_) {
    auto exists = TableExists(family_, table_);
    if (!exists.ok()) return failure_ = exists.failure();
    if (!exists.value()) return std::nullopt;
  }
  return failure_ = ReadPending();
}

Status TableWriter::Commit(Blocks piece) {
  const std::lock_guard<std::mutex> turn(IptcMutex());
  pending_.TakeOver(std::move(piece));
  if (!failure_) failure_ = ReadPending();
  const Status failure = failure_ ? failure_ : opened_->Commit();
  failure_ = kOver;
  return failure;
}

Status TableWriter::ReadPending() {
  if (!opened_)
    if (auto failure = Open()) return failure;
  for (; pending_.count() > 0; pending_.PopFront())
    if (auto failure = opened_->Read(pending_.at(0))) return failure;
  return std::nullopt;
}

Status TableWriter::Open() {
  if (pending_.count() == 0) return kOver;
  auto header = ReadHeader(pending_.at(0));
  if (!header.ok()) return header.failure();
  auto opened = family_ == Family::kIpv4 ? OpenAs<Ipv4>(table_) : OpenAs<Ipv6>(table_);
  if (!opened.ok()) return opened.failure();
  opened_ = std::move(opened.value());
  return opened_->Compare(header.value());
}

}  // namespace rampart
