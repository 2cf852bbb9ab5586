#include <unistd.h>

#include <array>
#include <string>

#include "../guard/job.h"
#include "../guard/nftables.h"
#include "../guard/rollback.h"
#include "../guard/state.h"
#include "../guard/xtables.h"
#include "check.h"
#include "mutants.h"

namespace rampart::test {
namespace {

constexpr int kMutants = 20'000;
/** So many of them go to the kernel, and so many through files, which are synced each time. */
constexpr int kWhole = 400;
constexpr int kFiles = 40;

const char* const kJob =
    "rampart-guard 1\nwithin 60000\ncaller 4711 1234567\nrollback-on-exit\nannounce\n"
    "namespace /proc/4711/ns/net\nlock /run/xtables.lock\ntable 4 filter\ntable 6 mangle\n"
    "generation 17\nbatch nft.4 nft.4.anew\nbatch nft.6\n";

const Test job("the guard's orders, with mistakes in them, are read or refused", [] {
  Equal(ParseJob(kJob).ok(), true);
  Mutants mutants;
  int read = 0;
  for (int i = 0; i < kMutants; i++) {
    auto job = ParseJob(mutants.Of(std::string(kJob)));
    if (!job.ok()) continue;
    read++;
    Check(job.value().within_ms > 0 && job.value().caller > 0);
    for (const TableJob& table : job.value().tables) Check(table.family == 4 || table.family == 6);
  }
  Check(read > 0 && read < kMutants, "some are read, and some are not");
});

/** A table that was kept, with mistakes in it: what is no table is told, what may be one the kernel judges.
 */
void TryTables(int family) {
  const TableJob table{family, "filter"};
  const Xtables xtables = Xtables::Open();
  auto kept = xtables.Read(table);
  if (!Fine(StatusOf(kept))) return;
  Fine(Validate(table, kept.value()));
  Mutants mutants;
  int whole = 0;
  for (int i = 0; i < kMutants; i++) {
    const TableBytes mutant = mutants.Of(kept.value());
    if (Validate(table, mutant)) continue;
    Check(SameRules(table, mutant, mutant));
    SameRules(table, mutant, kept.value());
    if (whole++ < kWhole) xtables.Restore(table, mutant);
  }
  Check(whole > 0, "some look like tables");
  Fine(xtables.Restore(table, kept.value()));
  auto now = xtables.Read(table);
  Check(now.ok() && SameRules(table, now.value(), kept.value()), "the true one comes back");
}
const Test four("kept tables of IPv4, with mistakes in them, do the guard no harm", [] { TryTables(4); });
const Test six("kept tables of IPv6, with mistakes in them, do the guard no harm", [] { TryTables(6); });

const Test batches("batches of whatever bytes are refused by the kernel", [] {
  Mutants mutants;
  for (int i = 0; i < kWhole; i++) {
    std::string bytes(mutants.Random(200), '\0');
    for (char& byte : bytes) byte = static_cast<char>(mutants.Random(256));
    Check(static_cast<bool>(TryBatch(bytes)), "it is refused");
  }
});

const Test files("files of a state, with mistakes in them, are taken or refused, and the report is whole",
                 [] {
                   std::array<char, 32> name{"/tmp/rampart-guard-XXXXXX"};
                   if (!Check(mkdtemp(name.data()) != nullptr, "there is a temporary folder")) return;
                   {
                     auto state = StateDirectory::Open(name.data());
                     const GuardJob job = {
                         60'000, getpid(), 1, false, false, "", "", {{4, "filter"}, {6, "filter"}}, {}, {}};
                     Rollback first(job, state.value());
                     Fine(first.Prepare());
                     auto old = state.value().Read("old.4.filter");
                     Mutants mutants;
                     for (int i = 0; i < kFiles; i++) {
                       Fine(state.value().Write("old.4.filter", mutants.Of(old.value())));
                       Rollback next(job, state.value());
                       std::string report;
                       // A table that the kernel refuses is tried again for a second: not here.
                       if (next.Reload() || i >= 3) continue;
                       next.Run(report);
                       Check(report.find("4.filter ") != std::string::npos &&
                             report.find("6.filter ") != std::string::npos);
                     }
                     for (const char* file : {"old.4.filter", "old.6.filter"}) state.value().Remove(file);
                   }
                   rmdir(name.data());
                 });

}  // namespace
}  // namespace rampart::test
