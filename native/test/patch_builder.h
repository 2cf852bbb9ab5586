#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "../core/blocks.h"
#include "../core/digest.h"
#include "../core/iptc/patch.h"

namespace rampart::test {

using Bytes = std::vector<uint8_t>;

/** A match or target of the given name around `info`, of which the size is a multiple of 8. */
Bytes Part(const std::string& name, const Bytes& info, uint8_t revision = 0);
/** A verdict, or with verdict 0 no target at all. */
Bytes Verdict(int32_t verdict);
Bytes JumpTo(const std::string& chain);
/** The 8 bytes of a 4-byte info. */
Bytes Word(uint32_t value);

/** The whole of a patch at once. */
Status CommitTable(Family family, const std::string& table, Blocks patch);

/** Writes a patch as TypeScript does (native/README.md), and, where a test wants it, as it never would. */
class PatchBuilder {
 public:
  explicit PatchBuilder(Family family = Family::kIpv4) : layout_(LayoutOf(family)) {}

  PatchBuilder& Header();
  /** Only if the table is the one with that digest. */
  PatchBuilder& HeaderOn(const Digest::Value& digest);
  PatchBuilder& AddPart(const Bytes& part) { return Record(Op::kPart, part); }
  PatchBuilder& Chain(const std::string& name) { return Named(Op::kChain, name); }
  PatchBuilder& Rename(const std::string& to) { return Named(Op::kRename, to); }
  /** The operations without a payload. */
  PatchBuilder& Plain(Op op) { return Record(op, {}); }
  PatchBuilder& Create(const std::string& name) { return Chain(name).Plain(Op::kCreate); }
  PatchBuilder& Policy(int32_t verdict);
  PatchBuilder& Policy(int32_t verdict, Counters counters);
  PatchBuilder& Append(const std::vector<uint32_t>& parts, Counters counters = {});
  struct Range {
    uint32_t offset;
    uint32_t size;
  };
  PatchBuilder& Series(const std::vector<uint32_t>& parts, const std::vector<Range>& ranges);
  /** `bytes` are those of all ranges. */
  PatchBuilder& Again(uint32_t series, const Bytes& bytes);
  PatchBuilder& Insert(uint32_t position, const std::vector<uint32_t>& parts);
  PatchBuilder& Replace(uint32_t position, const std::vector<uint32_t>& parts);
  PatchBuilder& Remove(uint32_t position, uint32_t count = 1);
  PatchBuilder& SetCounters(uint32_t position, Counters counters);
  PatchBuilder& ZeroRule(uint32_t position);

  PatchBuilder& Record(Op op, const Bytes& payload);
  PatchBuilder& Named(Op op, const std::string& name);
  PatchBuilder& Raw(const Bytes& bytes);

  const Bytes& bytes() const { return bytes_; }
  /** In blocks of one record each. */
  Blocks Build() const;

 private:
  PatchBuilder& Rule(Op op, uint32_t first, uint32_t second, const std::vector<uint32_t>& parts,
                     Counters counters);

  const EntryLayout& layout_;
  Bytes bytes_;
};

}  // namespace rampart::test
