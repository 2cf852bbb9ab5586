#pragma once

#include <optional>

#include "../test/patch_builder.h"

namespace rampart::fuzz {

/** Makes operations of any bytes: each is well-formed, and may be possible or not. */
class TableScript {
 public:
  TableScript(Family family, View bytes) : family_(family), rest_(bytes) {}

  /** The header and the parts that the operations are made of. */
  test::PatchBuilder Begin() const;
  /** The next operation, one only, behind the choice of its chain; nothing at the end. */
  std::optional<test::PatchBuilder> Next();

 private:
  uint8_t Byte();
  const char* Name();
  /** Parts for one rule: up to three matches, and a target. */
  std::vector<uint32_t> Rule();

  const Family family_;
  View rest_;
  /** How many more rules are to be appended to the same chain. */
  int more_ = 0;
  const char* chain_ = nullptr;
};

}  // namespace rampart::fuzz
