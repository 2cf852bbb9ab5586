#pragma once

#include "../core/bytes.h"

namespace rampart::fuzz {

/** Each takes any bytes, and calls test::Fail where something does not keep its promises. */

/** Byte 0: the family and how the patch is cut; byte 1: which operation is refused; then the patch. */
void FuzzPatch(View input);
/** Byte 0: the family; then entries and chains as the kernel might give them, or might not. */
void FuzzImage(View input);
/**
 * Byte 0: the family and whether the impossible is asked for; then operations, through libiptc into the
 * kernel. In a network namespace that is nobody's.
 */
void FuzzTable(View input);

}  // namespace rampart::fuzz
