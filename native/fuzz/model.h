#pragma once

#include <list>
#include <string>
#include <vector>

#include "../core/iptc/patch.h"
#include "../test/image_view.h"
#include "../test/patch_builder.h"

namespace rampart::fuzz {

/** What the filter table shall be after patches, by the words of native/README.md and without libiptc. */
class Model : public PatchSink {
 public:
  /** An empty table, which accepts all. */
  explicit Model(Family family);
  /** The next operation is another patch's. */
  void Commit();
  Status Apply(const Operation& operation) override;

  /** Whether the kernel knows all that the rules are made of; it goes looking for a module where it does not.
   */
  bool is_known() const { return known_; }
  /** Compares with what the kernel has. */
  void Check(const test::ImageView& view) const;

 private:
  struct Chain;
  struct Rule {
    /** Header and matches, canonical, counters left out. */
    test::Bytes front;
    Counters counters;
    /** Whether the counters are this patch's, which are not what was counted, so nothing zeroes them. */
    bool given;
    /** Where it jumps to, or else what the view calls its target. */
    const Chain* jump;
    std::string target;
  };
  struct Chain {
    std::string name;
    bool built_in;
    int32_t policy;
    Counters counters;
    std::vector<Rule> rules;
  };

  Chain* Find(const std::string& name);
  bool MayBegin(const std::string& name);
  size_t ReferencesTo(const Chain& chain) const;
  bool ApplyTo(Chain& chain, const Operation& operation);
  bool Create(const std::string& name);
  bool Delete(const Chain& chain);
  bool Rename(Chain& chain, const std::string& to);
  bool Place(Chain& chain, const Operation& operation);
  bool Remove(Chain& chain, const Operation& operation);
  static void Zero(Rule& rule);
  bool SetPolicy(Chain& chain, const Operation& operation);
  void Reset();
  Rule RuleOf(View entry);
  void ClearPadding(uint8_t* part);

  const EntryLayout& layout_;
  /** A list, because rules point to their chains. */
  std::list<Chain> chains_;
  bool known_ = true;
};

}  // namespace rampart::fuzz
