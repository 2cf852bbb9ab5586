#pragma once

#include <string>
#include <vector>

#include "../core/iptc/image.h"
#include "../test/patch_builder.h"

namespace rampart::fuzz {

/** What FuzzImage reads its input as: chains, each behind its rules, and how much less than that is
 * announced. */
struct ImageInput {
  static constexpr size_t kHead = 1;
  struct Item {
    bool is_chain;
    /** Of a rule. */
    test::Bytes entry;
    Jump jump;
    /** Of a chain. */
    std::string name;
    int32_t policy;
  };

  explicit ImageInput(View input);

  Family family = Family::kIpv4;
  std::vector<Item> items;
};

/** Writes such an input. */
class ImageScript {
 public:
  explicit ImageScript(Family family);
  ImageScript& Rule(const test::Bytes& entry, Jump jump);
  ImageScript& Chain(const std::string& name, int32_t policy);
  const test::Bytes& bytes() const { return bytes_; }

 private:
  test::Bytes bytes_;
};

}  // namespace rampart::fuzz
