#include "session.h"

#include <malloc.h>

#include <cerrno>

namespace rampart {
namespace {

/** Takes what Walk shows and keeps its digest only. */
class Identifier {
 public:
  explicit Identifier(Family family) : layout_(LayoutOf(family)), digest_(layout_), scratch_(kLargestEntry) {}
  Status AddRule(View entry, Jump jump) {
    if (!EntryIsSound(entry, layout_)) return Failure{EPROTO, "image"};
    Canonicalise(entry, layout_, jump, scratch_.data());
    digest_.AddRule(scratch_.data(), entry.size, jump);
    return std::nullopt;
  }
  Status AddChain(const ChainFacts& chain) {
    digest_.AddChain(chain);
    return std::nullopt;
  }
  Digest::Value Finish() const { return digest_.Finish(); }

 private:
  const EntryLayout& layout_;
  TableDigest digest_;
  std::vector<uint8_t> scratch_;
};

int32_t PolicyNumber(const char* name) {
  if (name == nullptr) return 0;
  if (std::strcmp(name, "ACCEPT") == 0) return kAccept;
  if (std::strcmp(name, "DROP") == 0) return kDrop;
  return std::strcmp(name, "QUEUE") == 0 ? kQueue : kReturn;
}

xt_counters ToKernel(const Counters& counters) { return {counters.packets, counters.bytes}; }

/** Of rules, in bytes: that much memory is worth giving back. */
constexpr size_t kLarge = size_t{1} << 20;
/** Past this many, which end of the chain libiptc counts from is worth a look. */
constexpr uint32_t kManyRules = 16;

}  // namespace

std::mutex& IptcMutex() {
  static std::mutex mutex;
  return mutex;
}

void Free(Remains remains) {
  const std::lock_guard<std::mutex> turn(IptcMutex());
  remains.reset();
}

template <typename F>
Session<F>::Session(const std::string& table) : table_(table), handle_(F::init(table.c_str())) {
  if (handle_ == nullptr) {
    failure_ = LastFailure("iptc_init");
    return;
  }
  const char* chain = F::first_chain(handle_);
  for (; chain != nullptr && F::builtin(chain, handle_); chain = F::next_chain(handle_))
    built_in_.emplace_back(chain);
}

template <typename F>
Session<F>::~Session() {
  if (handle_ != nullptr) F::free(handle_);
  GiveBackMemory();
}

template <typename F>
void Session<F>::GiveBackMemory() const {
  if (seen_ >= kLarge) malloc_trim(0);
}

template <typename F>
std::vector<const char*> Session<F>::Chains() {
  std::vector<const char*> chains;
  for (const char* chain = F::first_chain(handle_); chain != nullptr; chain = F::next_chain(handle_))
    chains.push_back(chain);
  return chains;
}

template <typename F>
uint32_t Session<F>::CountRules(const char* chain) {
  uint32_t count = 0;
  for (auto* rule = F::first_rule(chain, handle_); rule != nullptr; rule = F::next_rule(rule, handle_))
    count++;
  return count;
}

template <typename F>
ChainFacts Session<F>::FactsOf(const char* chain) {
  ChainFacts facts{chain, F::builtin(chain, handle_) != 0, 0, {}, 0, 0};
  F::get_references(&facts.references, chain, handle_);
  if (facts.built_in) {
    xt_counters counters = {};
    facts.policy = PolicyNumber(F::get_policy(chain, &counters, handle_));
    facts.counters = {counters.pcnt, counters.bcnt};
  }
  return facts;
}

template <typename F>
Jump Session<F>::JumpOf(const uint8_t* entry, size_t target,
                        const std::unordered_map<const char*, Jump>& chains) {
  // A verdict is not shown to libiptc, which abort()s on those that it does not know.
  if (!IsStandardTarget(entry + target) || Load<int32_t>(entry + target + kVerdict) < 0) return kInEntry;
  const char* const name = F::get_target(reinterpret_cast<const typename F::Entry*>(entry), handle_);
  if (name == nullptr || *name == 0) return kNoTarget;
  // libiptc names a jump by the chain's own name, the very pointer that it lists chains by.
  const auto known = chains.find(name);
  if (known != chains.end()) return known->second;
  for (const auto& [chain, jump] : chains)
    if (std::strcmp(chain, name) == 0) return jump;
  return kNoTarget;
}

template <typename F>
template <typename Visitor>
Status Session<F>::Walk(const std::vector<const char*>& chains, Visitor& visitor) {
  const auto& layout = LayoutOf(F::kFamily);
  std::unordered_map<const char*, Jump> numbers;
  for (const char* chain : chains) numbers.emplace(chain, static_cast<Jump>(numbers.size()));
  for (const char* chain : chains) {
    ChainFacts facts = FactsOf(chain);
    for (auto* rule = F::first_rule(chain, handle_); rule != nullptr; rule = F::next_rule(rule, handle_)) {
      const View entry{reinterpret_cast<const uint8_t*>(rule), rule->next_offset};
      if (!EntryIsSound(entry, layout)) return Failure{EPROTO, "image"};
      seen_ += entry.size;
      const Jump jump = JumpOf(entry.data, rule->target_offset, numbers);
      if (auto failure = visitor.AddRule(entry, jump)) return failure;
      facts.rules++;
    }
    if (auto failure = visitor.AddChain(facts)) return failure;
  }
  return std::nullopt;
}

template <typename F>
Result<Image> Session<F>::Read() {
  ImageWriter writer(F::kFamily);
  if (auto failure = Walk(Chains(), writer)) return *failure;
  return writer.Finish(table_);
}

template <typename F>
Result<Digest::Value> Session<F>::Identify() {
  Identifier identifier(F::kFamily);
  if (auto failure = Walk(Chains(), identifier)) return *failure;
  return identifier.Finish();
}

/** libiptc would make a jump to some other place of it. */
template <typename F>
bool Session<F>::JumpsToBuiltIn(const uint8_t* entry) const {
  const uint8_t* const target = entry + TargetOffset(entry, LayoutOf(F::kFamily));
  const auto* const name = reinterpret_cast<const char*>(target + PartLayout::kName);
  for (const auto& chain : built_in_)
    if (chain == name) return true;
  return false;
}

template <typename F>
Status Session<F>::Apply(const Operation& operation) {
  const auto check = [](int done, const char* call) { return done ? Status() : Status(LastFailure(call)); };
  const auto* const entry = reinterpret_cast<const typename F::Entry*>(operation.entry.data);
  const char* const chain = operation.chain;
  const uint32_t position = operation.position;
  if (entry != nullptr && JumpsToBuiltIn(operation.entry.data)) return Failure{EINVAL, "patch"};
  seen_ += operation.entry.size;
  errno = 0;
  switch (operation.op) {
    case Op::kReset:
      return Reset();
    case Op::kCreate:
      return check(F::create_chain(chain, handle_), "iptc_create_chain");
    case Op::kDelete:
      return check(F::delete_chain(chain, handle_), "iptc_delete_chain");
    case Op::kRename:
      return check(F::rename_chain(chain, operation.to, handle_), "iptc_rename_chain");
    case Op::kFlush:
      return check(F::flush_entries(chain, handle_), "iptc_flush_entries");
    case Op::kPolicy:
      return Policy(operation);
    case Op::kAppend:
    case Op::kAgain:
      return check(F::append_entry(chain, entry, handle_), "iptc_append_entry");
    case Op::kInsert:
      return check(F::insert_entry(chain, entry, position, handle_), "iptc_insert_entry");
    case Op::kReplace:
      return check(F::replace_entry(chain, entry, position, handle_), "iptc_replace_entry");
    case Op::kRemove:
      return Remove(operation);
    case Op::kCounters: {
      xt_counters counters = ToKernel(operation.counters);
      return check(F::set_counter(chain, position + 1, &counters, handle_), "iptc_set_counter");
    }
    case Op::kZero:
      return Zero(chain);
    case Op::kZeroRule:
      return check(F::zero_counter(chain, position + 1, handle_), "iptc_zero_counter");
    default:
      return Failure{EINVAL, "patch"};
  }
}

template <typename F>
Status Session<F>::Reset() {
  // Names, because the pointers die with their chains.
  std::vector<std::string> user_chains;
  for (const char* chain : Chains()) {
    for (auto* rule = F::first_rule(chain, handle_); rule != nullptr; rule = F::next_rule(rule, handle_))
      seen_ += rule->next_offset;
    if (!F::flush_entries(chain, handle_)) return LastFailure("iptc_flush_entries");
    xt_counters zero = {};
    if (!F::builtin(chain, handle_))
      user_chains.emplace_back(chain);
    else if (const char* policy = F::get_policy(chain, &zero, handle_))
      if (zero = {}; !F::set_policy(chain, policy, &zero, handle_)) return LastFailure("iptc_set_policy");
  }
  for (const auto& chain : user_chains)
    if (!F::delete_chain(chain.c_str(), handle_)) return LastFailure("iptc_delete_chain");
  GiveBackMemory();
  return std::nullopt;
}

template <typename F>
Status Session<F>::Policy(const Operation& operation) {
  xt_counters counters = ToKernel(operation.counters);
  const char* const policy = operation.policy == kAccept ? "ACCEPT" : "DROP";
  if (!F::set_policy(operation.chain, policy, operation.has_counters ? &counters : nullptr, handle_))
    return LastFailure("iptc_set_policy");
  return std::nullopt;
}

template <typename F>
Status Session<F>::Zero(const char* chain) {
  if (!F::zero_entries(chain, handle_)) return LastFailure("iptc_zero_entries");
  // libiptc still shows what the policy had counted, and Commit would keep it.
  xt_counters zero = {};
  const char* const policy = F::builtin(chain, handle_) ? F::get_policy(chain, &zero, handle_) : nullptr;
  zero = {};
  if (policy != nullptr && !F::set_policy(chain, policy, &zero, handle_))
    return LastFailure("iptc_set_policy");
  return std::nullopt;
}

template <typename F>
Status Session<F>::Remove(const Operation& operation) {
  const uint64_t end = uint64_t{operation.position} + operation.count;
  if (end > UINT32_MAX) return Failure{E2BIG, "iptc_delete_num_entry"};
  // libiptc walks to a rule from the nearer end. A run goes from its own end that is nearer to the chain's,
  // so that the walk stays as short as the rest of the chain on that side.
  const bool backwards = operation.count > kManyRules &&
                         CountRules(operation.chain) - static_cast<uint32_t>(end) < operation.position;
  for (uint32_t i = 0; i < operation.count; i++) {
    const uint32_t position = backwards ? static_cast<uint32_t>(end) - 1 - i : operation.position;
    if (!F::delete_num_entry(operation.chain, position, handle_)) return LastFailure("iptc_delete_num_entry");
  }
  return std::nullopt;
}

template <typename F>
Status Session<F>::KeepPolicyCounters() {
  for (const char* chain : Chains()) {
    xt_counters counters = {};
    const char* const policy =
        F::builtin(chain, handle_) ? F::get_policy(chain, &counters, handle_) : nullptr;
    if (policy == nullptr || (counters.pcnt == 0 && counters.bcnt == 0)) continue;
    if (!F::set_policy(chain, policy, &counters, handle_)) return LastFailure("iptc_set_policy");
  }
  return std::nullopt;
}

template <typename F>
Status Session<F>::Commit() {
  if (auto failure = KeepPolicyCounters()) return failure;
  errno = 0;
  return F::commit(handle_) ? Status() : Status(LastFailure("iptc_commit"));
}

template class Session<Ipv4>;
template class Session<Ipv6>;

}  // namespace rampart
