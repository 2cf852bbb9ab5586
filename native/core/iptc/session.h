#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "../failure.h"
#include "family.h"
#include "image.h"
#include "patch.h"

namespace rampart {

/** libiptc writes a global on every call: whoever has a session holds this. */
std::mutex& IptcMutex();

/**
 * What is left of a session when all is said: to free it takes as long as a tenth of the rest, so that is for
 * when the caller has its answer.
 */
using Remains = std::shared_ptr<void>;
/** Takes the mutex. */
void Free(Remains remains);

/** One table, taken out of the kernel and perhaps to be put back; ends with its object. */
template <typename F>
class Session : public PatchSink {
 public:
  explicit Session(const std::string& table);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() override;

  /** Why there is no session; nothing else may be called then. */
  const Status& failure() const { return failure_; }

  Result<Image> Read();
  Result<Digest::Value> Identify();
  Status Apply(const Operation& operation) override;
  Status Commit();

 private:
  std::vector<const char*> Chains();
  ChainFacts FactsOf(const char* chain);
  Jump JumpOf(const uint8_t* entry, size_t target, const std::unordered_map<const char*, Jump>& chains);
  /** Shows each rule, then its chain, to `visitor`. */
  template <typename Visitor>
  Status Walk(const std::vector<const char*>& chains, Visitor& visitor);
  bool JumpsToBuiltIn(const uint8_t* entry) const;
  Status Reset();
  Status Policy(const Operation& operation);
  /** libiptc forgets what policies have counted whenever it commits; said anew, it is kept. */
  Status KeepPolicyCounters();
  Status Zero(const char* chain);
  Status Remove(const Operation& operation);
  uint32_t CountRules(const char* chain);
  /**
   * What libiptc frees stays in the arena of whatever thread it was, and the next call is another thread's,
   * with another arena: without this a process would hold the same table several times.
   */
  void GiveBackMemory() const;

  const std::string table_;
  xtc_handle* handle_;
  Status failure_;
  std::vector<std::string> built_in_;
  /** Of the rules that went through it, in bytes: what libiptc holds is not less. */
  size_t seen_ = 0;
};

}  // namespace rampart
