#include "model.h"

#include <algorithm>
#include <cerrno>

namespace rampart::fuzz {
namespace {

const char* NameOf(const uint8_t* part) { return reinterpret_cast<const char*>(part + PartLayout::kName); }

/** The verdict by that name as a view shows it; empty if there is none. */
std::string VerdictOf(const std::string& name) {
  if (name == "ACCEPT") return std::to_string(kAccept);
  if (name == "DROP") return std::to_string(kDrop);
  if (name == "QUEUE") return std::to_string(kQueue);
  return name == "RETURN" ? std::to_string(kReturn) : "";
}

/** A match that every kernel has, and how much of its info is not padding, which the kernel does not keep. */
struct KnownMatch {
  const char* name;
  uint8_t revision;
  size_t size;
};
constexpr KnownMatch kMatches[] = {{"tcp", 0, 12}, {"mark", 1, 12}, {"comment", 0, 256}};

}  // namespace

Model::Model(Family family) : layout_(LayoutOf(family)) {
  for (const char* name : {"INPUT", "FORWARD", "OUTPUT"}) chains_.push_back({name, true, kAccept, {}, {}});
}

void Model::Commit() {
  for (auto& chain : chains_)
    for (auto& rule : chain.rules) rule.given = false;
}

Status Model::Apply(const Operation& operation) {
  if (operation.op == Op::kReset) {
    Reset();
    return std::nullopt;
  }
  Chain* const chain = Find(operation.chain);
  bool done = false;
  if (operation.op == Op::kCreate)
    done = Create(operation.chain);
  else if (operation.op == Op::kRemove && operation.count == 0)
    done = true;
  else if (chain != nullptr)
    done = ApplyTo(*chain, operation);
  return done ? Status() : Status(Failure{EINVAL, "model"});
}

bool Model::ApplyTo(Chain& chain, const Operation& operation) {
  auto& rules = chain.rules;
  switch (operation.op) {
    case Op::kDelete:
      return Delete(chain);
    case Op::kRename:
      return Rename(chain, operation.to);
    case Op::kFlush:
      rules.clear();
      return true;
    case Op::kPolicy:
      return SetPolicy(chain, operation);
    case Op::kAppend:
    case Op::kAgain:
    case Op::kInsert:
    case Op::kReplace:
      return Place(chain, operation);
    case Op::kRemove:
      return Remove(chain, operation);
    case Op::kZero:
      chain.counters = {};
      for (auto& rule : rules) Zero(rule);
      return true;
    case Op::kZeroRule:
      if (operation.position >= rules.size()) return false;
      Zero(rules[operation.position]);
      return true;
    case Op::kCounters:
      if (operation.position >= rules.size()) return false;
      rules[operation.position].counters = operation.counters;
      rules[operation.position].given = true;
      return true;
    default:
      return false;
  }
}

Model::Chain* Model::Find(const std::string& name) {
  for (auto& chain : chains_)
    if (chain.name == name) return &chain;
  return nullptr;
}

bool Model::MayBegin(const std::string& name) { return Find(name) == nullptr && VerdictOf(name).empty(); }

size_t Model::ReferencesTo(const Chain& chain) const {
  size_t references = 0;
  for (const auto& from : chains_)
    for (const auto& rule : from.rules) references += rule.jump == &chain;
  return references;
}

bool Model::Create(const std::string& name) {
  if (!MayBegin(name)) return false;
  chains_.push_back({name, false, 0, {}, {}});
  return true;
}

bool Model::Delete(const Chain& chain) {
  if (chain.built_in || !chain.rules.empty() || ReferencesTo(chain) > 0) return false;
  chains_.remove_if([&](const Chain& other) { return &other == &chain; });
  return true;
}

bool Model::Rename(Chain& chain, const std::string& to) {
  if (chain.built_in || !MayBegin(to)) return false;
  chain.name = to;
  return true;
}

bool Model::Place(Chain& chain, const Operation& operation) {
  auto& rules = chain.rules;
  const bool append = operation.op == Op::kAppend || operation.op == Op::kAgain;
  const size_t position = append ? rules.size() : operation.position;
  if (position > rules.size() || (operation.op == Op::kReplace && position == rules.size())) return false;
  const Rule rule = RuleOf(operation.entry);
  if (rule.jump != nullptr && rule.jump->built_in) return false;
  const auto place = rules.begin() + static_cast<ptrdiff_t>(position);
  if (operation.op == Op::kReplace)
    *place = rule;
  else
    rules.insert(place, rule);
  return true;
}

void Model::Zero(Rule& rule) {
  if (!rule.given) rule.counters = {};
}

bool Model::Remove(Chain& chain, const Operation& operation) {
  auto& rules = chain.rules;
  if (uint64_t{operation.position} + operation.count > rules.size()) return false;
  const auto first = rules.begin() + operation.position;
  rules.erase(first, first + operation.count);
  return true;
}

bool Model::SetPolicy(Chain& chain, const Operation& operation) {
  if (!chain.built_in) return false;
  chain.policy = operation.policy;
  if (operation.has_counters) chain.counters = operation.counters;
  return true;
}

void Model::Reset() {
  chains_.remove_if([](const Chain& chain) { return !chain.built_in; });
  for (auto& chain : chains_) {
    chain.rules.clear();
    chain.counters = {};
  }
}

Model::Rule Model::RuleOf(View entry) {
  test::Bytes canonical(entry.size);
  Canonicalise(entry, layout_, kInEntry, canonical.data());
  const size_t at = TargetOffset(canonical.data(), layout_);
  for (size_t part = layout_.header; part < at; part += Load<uint16_t>(canonical.data() + part))
    ClearPadding(canonical.data() + part);
  const uint8_t* const target = canonical.data() + at;
  const std::string name = NameOf(target);
  Rule rule{{}, Load<Counters>(canonical.data() + layout_.counters), true, Find(name), {}};
  std::memset(canonical.data() + layout_.counters, 0, sizeof(Counters));
  if (rule.jump == nullptr) rule.target = name.empty() ? "-" : VerdictOf(name);
  if (rule.jump == nullptr && rule.target.empty()) {
    rule.target = name;
    if (name != "MARK" || target[PartLayout::kRevision] != 2) known_ = false;
  }
  rule.front.assign(canonical.begin(), canonical.begin() + static_cast<ptrdiff_t>(at));
  return rule;
}

void Model::ClearPadding(uint8_t* part) {
  for (const auto& match : kMatches) {
    if (match.revision != part[PartLayout::kRevision] || std::strcmp(match.name, NameOf(part)) != 0) continue;
    const size_t end = Load<uint16_t>(part), used = PartLayout::kHeader + match.size;
    if (used < end) std::memset(part + used, 0, end - used);
    return;
  }
  known_ = false;
}

void Model::Check(const test::ImageView& view) const {
  using test::Equal;
  if (!Equal(view.chains().size(), chains_.size())) return;
  for (const auto& chain : chains_) {
    const auto& found = view.chain(chain.name);
    Equal(found.built_in, chain.built_in);
    Equal(found.policy, chain.policy);
    Equal(found.counters.packets, chain.counters.packets);
    Equal(found.counters.bytes, chain.counters.bytes);
    Equal(found.references, ReferencesTo(chain));
    if (!Equal(found.rules, chain.rules.size())) return;
    for (size_t i = 0; i < chain.rules.size(); i++) {
      const auto& rule = chain.rules[i];
      const size_t index = found.first_rule + i;
      Equal(view.Target(view.rules()[index]), rule.jump != nullptr ? ">" + rule.jump->name : rule.target);
      Equal(view.counters(index).packets, rule.counters.packets);
      Equal(view.counters(index).bytes, rule.counters.bytes);
      const uint8_t* const entry = view.rules()[index].entry.data;
      test::Bytes front(entry, entry + TargetOffset(entry, layout_));
      std::memset(front.data() + layout_.counters, 0, sizeof(Counters));
      test::Check(front == rule.front, "a rule is as it was sent");
    }
  }
}

}  // namespace rampart::fuzz
