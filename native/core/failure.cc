#include "failure.h"

#include <cerrno>
#include <system_error>

namespace rampart {

Failure LastFailure(const char* call) {
  // libiptc leaves errno at 0 when kernel and library disagree about a structure (libiptc.h).
  return Failure{errno != 0 ? errno : EPROTO, call};
}

std::string Describe(const Failure& failure) {
  return std::string(failure.call) + ": " + std::generic_category().message(failure.error);
}

}  // namespace rampart
