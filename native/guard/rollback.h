#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job.h"
#include "state.h"
#include "xtables.h"

namespace rampart {

/** What was there before a commit, and the way back to it. */
class Rollback {
 public:
  Rollback(const GuardJob& job, const StateDirectory& state) : job_(job), state_(state) {}

  /** Reads the tables, keeps them in memory and in files, and has the kernel try the batches. */
  Status Prepare();
  /** Takes what a guard has prepared that is no longer there. */
  Status Reload();
  /** Takes what the kernel holds now for what was committed: whatever differs later is somebody else's. */
  void NoteCommit();
  /** Puts everything back that is not as it was; true if all of it is. `report` gets a line for each. */
  bool Run(std::string& report);
  const Xtables& xtables() const { return xtables_; }

 private:
  struct Kept {
    TableJob job;
    TableBytes old;
    /** What was committed; empty until it is known. */
    TableBytes ours;
    bool done = false;
  };
  struct Batch {
    std::string name;
    std::string bytes;
    std::string fallback;
    bool done = false;
  };

  Status LoadBatches();
  std::string RunTable(Kept& kept);
  std::string RunBatch(Batch& batch);

  const GuardJob& job_;
  const StateDirectory& state_;
  Xtables xtables_;
  std::vector<Kept> tables_;
  std::vector<Batch> batches_;
  uint32_t first_generation_ = 0;
  uint32_t our_generation_ = 0;
};

}  // namespace rampart
