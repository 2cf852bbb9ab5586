#include "witness.h"

#include <cerrno>

#include "../test/check.h"

namespace rampart::fuzz {

using test::Check;

Status Witness::Apply(const Operation& operation) {
  Check(operation.op > Op::kChain && operation.op <= Op::kZeroRule, "the operation is one");
  CheckNames(operation);
  CheckEntry(operation);
  if (operation.op == Op::kPolicy)
    Check(operation.policy == kAccept || operation.policy == kDrop, "a policy is ACCEPT or DROP");
  Note(&operation.op, sizeof operation.op);
  Note(&operation.policy, sizeof operation.policy);
  Note(&operation.position, sizeof operation.position);
  Note(&operation.count, sizeof operation.count);
  Note(&operation.has_counters, sizeof operation.has_counters);
  Note(&operation.counters, sizeof operation.counters);
  return ++operations_ == refused_ ? Status(Failure{ELOOP, "witness"}) : Status();
}

void Witness::CheckNames(const Operation& operation) {
  const size_t length = strnlen(operation.chain, kChainNameSize);
  Check(length < kChainNameSize, "the chain's name ends");
  Check(length > 0 || operation.op == Op::kReset, "there is a chain");
  Note(operation.chain, length);
  // A name that cannot be a target's could not be jumped to.
  if (operation.op == Op::kCreate) Check(length < PartLayout::kNameSize, "a new name can be said");
  Check((operation.op == Op::kRename) == (operation.to != nullptr), "a renaming says to what");
  if (operation.to == nullptr) return;
  const size_t to = strnlen(operation.to, kChainNameSize);
  Check(to > 0 && to < PartLayout::kNameSize, "a new name can be said");
  Note(operation.to, to);
}

void Witness::CheckEntry(const Operation& operation) {
  const View entry = operation.entry;
  const bool again = operation.op == Op::kAgain;
  const bool rule =
      again || operation.op == Op::kAppend || operation.op == Op::kInsert || operation.op == Op::kReplace;
  Check(rule == (entry.data != nullptr), "rules, and nothing else, have an entry");
  if (!rule) return;
  Check(reinterpret_cast<uintptr_t>(entry.data) % 8 == 0, "an entry is aligned");
  if (!Check(EntryIsSound(entry, layout_), "an entry is sound")) return;
  Check(Load<uint32_t>(entry.data + layout_.comefrom) == 0, "an entry came from nowhere");
  const uint8_t* const target = entry.data + TargetOffset(entry.data, layout_);
  const auto* const name = reinterpret_cast<const char*>(target + PartLayout::kName);
  Check(std::strcmp(name, "ERROR") != 0, "a target is not the kernel's own mark");
  if (*name == 0) {
    Check(IsStandardTarget(target), "no target is a standard one");
    // What a series puts there is nothing that libiptc looks at.
    Check(again || Load<int32_t>(target + kVerdict) == 0, "verdicts have names");
  }
  Note(entry.data, entry.size);
}

void Witness::Note(const void* data, size_t size) {
  const auto* const bytes = static_cast<const uint8_t*>(data);
  seen_.insert(seen_.end(), bytes, bytes + size);
}

}  // namespace rampart::fuzz
