#pragma once

// libip6tc.h, unlike libiptc.h, does not say by itself that it is C.
extern "C" {
#include <libiptc/libip6tc.h>
#include <libiptc/libiptc.h>
}

#include "entry.h"

namespace rampart {

/** libiptc is one API compiled twice; these two give it one set of names. */
struct Ipv4 {
  using Entry = ipt_entry;
  static constexpr Family kFamily = Family::kIpv4;
  static constexpr auto init = iptc_init;
  static constexpr auto free = iptc_free;
  static constexpr auto commit = iptc_commit;
  static constexpr auto first_chain = iptc_first_chain;
  static constexpr auto next_chain = iptc_next_chain;
  static constexpr auto first_rule = iptc_first_rule;
  static constexpr auto next_rule = iptc_next_rule;
  static constexpr auto get_target = iptc_get_target;
  static constexpr auto builtin = iptc_builtin;
  static constexpr auto get_policy = iptc_get_policy;
  static constexpr auto set_policy = iptc_set_policy;
  static constexpr auto get_references = iptc_get_references;
  static constexpr auto append_entry = iptc_append_entry;
  static constexpr auto insert_entry = iptc_insert_entry;
  static constexpr auto replace_entry = iptc_replace_entry;
  static constexpr auto delete_num_entry = iptc_delete_num_entry;
  static constexpr auto flush_entries = iptc_flush_entries;
  static constexpr auto zero_entries = iptc_zero_entries;
  static constexpr auto zero_counter = iptc_zero_counter;
  static constexpr auto set_counter = iptc_set_counter;
  static constexpr auto create_chain = iptc_create_chain;
  static constexpr auto delete_chain = iptc_delete_chain;
  static constexpr auto rename_chain = iptc_rename_chain;
};
struct Ipv6 {
  using Entry = ip6t_entry;
  static constexpr Family kFamily = Family::kIpv6;
  static constexpr auto init = ip6tc_init;
  static constexpr auto free = ip6tc_free;
  static constexpr auto commit = ip6tc_commit;
  static constexpr auto first_chain = ip6tc_first_chain;
  static constexpr auto next_chain = ip6tc_next_chain;
  static constexpr auto first_rule = ip6tc_first_rule;
  static constexpr auto next_rule = ip6tc_next_rule;
  static constexpr auto get_target = ip6tc_get_target;
  static constexpr auto builtin = ip6tc_builtin;
  static constexpr auto get_policy = ip6tc_get_policy;
  static constexpr auto set_policy = ip6tc_set_policy;
  static constexpr auto get_references = ip6tc_get_references;
  static constexpr auto append_entry = ip6tc_append_entry;
  static constexpr auto insert_entry = ip6tc_insert_entry;
  static constexpr auto replace_entry = ip6tc_replace_entry;
  static constexpr auto delete_num_entry = ip6tc_delete_num_entry;
  static constexpr auto flush_entries = ip6tc_flush_entries;
  static constexpr auto zero_entries = ip6tc_zero_entries;
  static constexpr auto zero_counter = ip6tc_zero_counter;
  static constexpr auto set_counter = ip6tc_set_counter;
  static constexpr auto create_chain = ip6tc_create_chain;
  static constexpr auto delete_chain = ip6tc_delete_chain;
  static constexpr auto rename_chain = ip6tc_rename_chain;
};

}  // namespace rampart
