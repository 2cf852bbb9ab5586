#include "job.h"

#include <cerrno>
#include <cstdlib>

namespace rampart {
namespace {

/** What stands before the next blank; the rest keeps what is behind it. */
std::string Word(std::string& rest) {
  const size_t blank = rest.find(' ');
  std::string word = rest.substr(0, blank);
  rest = blank == std::string::npos ? "" : rest.substr(blank + 1);
  return word;
}
uint64_t Number(const std::string& word) { return strtoull(word.c_str(), nullptr, 10); }

bool Read(GuardJob& job, std::string line) {
  const std::string key = Word(line);
  if (key == "within") {
    job.within_ms = static_cast<int64_t>(Number(line));
  } else if (key == "caller") {
    job.caller = static_cast<pid_t>(Number(Word(line)));
    job.caller_start = Number(line);
  } else if (key == "rollback-on-exit") {
    job.rollback_on_exit = true;
  } else if (key == "announce") {
    job.announce = true;
  } else if (key == "namespace") {
    job.name_space = line;
  } else if (key == "lock") {
    job.lock = line;
  } else if (key == "table") {
    const int family = static_cast<int>(Number(Word(line)));
    if ((family != 4 && family != 6) || line.empty() || line.size() > 31) return false;
    job.tables.push_back({family, line});
  } else if (key == "generation") {
    job.generations.push_back(static_cast<uint32_t>(Number(line)));
  } else if (key == "batch") {
    std::string name = Word(line);
    job.batches.push_back({name, line});
  } else {
    return false;
  }
  return true;
}

}  // namespace

Result<GuardJob> ParseJob(const std::string& text) {
  const std::string first = "rampart-guard 1\n";
  if (text.compare(0, first.size(), first) != 0) return Failure{EINVAL, "job"};
  GuardJob job;
  for (size_t at = first.size(); at < text.size();) {
    const size_t end = text.find('\n', at);
    if (end == std::string::npos || !Read(job, text.substr(at, end - at))) return Failure{EINVAL, "job"};
    at = end + 1;
  }
  const bool whole = job.within_ms > 0 && job.caller > 0 && job.tables.size() + job.batches.size() > 0;
  return whole ? Result<GuardJob>(std::move(job)) : Failure{EINVAL, "job"};
}

}  // namespace rampart
