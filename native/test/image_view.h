#pragma once

#include <string>
#include <vector>

#include "../core/iptc/image.h"
#include "check.h"

namespace rampart::test {

/** Reads an image by the words of native/README.md, with a check on everything that they promise. */
class ImageView {
 public:
  explicit ImageView(View image);

  struct Chain {
    std::string name;
    bool built_in;
    int32_t policy;
    Counters counters;
    uint32_t references;
    uint32_t first_rule;
    uint32_t rules;
  };
  struct Rule {
    View entry;
    Jump jump;
  };
  const std::vector<Chain>& chains() const { return chains_; }
  const std::vector<Rule>& rules() const { return rules_; }
  /** "match tcp 0", "target LOG 0". */
  const std::vector<std::string>& extensions() const { return extensions_; }
  const Digest::Value& digest() const { return digest_; }
  const std::string& table() const { return table_; }

  const Chain& chain(const std::string& name) const;
  Counters counters(size_t rule) const;
  /** ">foo", "-" for none, a verdict's number or a target's name. */
  std::string Target(const Rule& rule) const;
  /** The table in a line, such as "INPUT ACCEPT: >foo - -1; foo: LOG". */
  std::string Describe() const;

 private:
  const EntryLayout* layout_;
  std::vector<Chain> chains_;
  std::vector<Rule> rules_;
  std::vector<std::string> extensions_;
  Digest::Value digest_;
  std::string table_;
};

}  // namespace rampart::test
