#pragma once

#include <cstdint>
#include <string>

#include "../core/failure.h"

namespace rampart {

/** Asks whether the kernel would take the batch: without its end it keeps nothing of it. */
Status TryBatch(const std::string& batch);
Status SendBatch(const std::string& batch);
/** The number that every change of nf_tables changes; 0 where the kernel does not tell. */
uint32_t Generation();

}  // namespace rampart
