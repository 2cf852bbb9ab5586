/*
 * The floor: a plain program on libiptc, with nothing to parse. Prints milliseconds, its start-up not counted.
 *
 *   libiptc commit FILE   replaces the rules of chain BLOCK of table filter by the entries in FILE
 *   libiptc read          takes a snapshot of table filter and walks every rule once
 *
 * FILE holds ipt_entry structs, one behind the other, as a process has them that made them itself. A verdict is named
 * in the target's name, as libiptc wants it.
 */
#include <errno.h>
#include <fcntl.h>
#include <libiptc/libiptc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void give_up(const char *what) {
  fprintf(stderr, "%s: %s\n", what, iptc_strerror(errno));
  exit(1);
}

static char *load(const char *path, size_t *size) {
  struct stat facts;
  int fd = open(path, O_RDONLY);
  if (fd < 0 || fstat(fd, &facts) != 0) give_up(path);
  char *bytes = malloc(facts.st_size + 1);
  for (*size = 0; *size < (size_t)facts.st_size;) {
    ssize_t got = read(fd, bytes + *size, facts.st_size - *size);
    if (got <= 0) give_up(path);
    *size += got;
  }
  close(fd);
  return bytes;
}

static double commit(const char *path) {
  size_t size;
  char *entries = load(path, &size);
  double start = now();
  struct xtc_handle *handle = iptc_init("filter");
  if (!handle) give_up("iptc_init");
  if (iptc_is_chain("BLOCK", handle) ? !iptc_flush_entries("BLOCK", handle) : !iptc_create_chain("BLOCK", handle))
    give_up("BLOCK");
  for (size_t at = 0; at < size;) {
    struct ipt_entry *entry = (struct ipt_entry *)(entries + at);
    if (!iptc_append_entry("BLOCK", entry, handle)) give_up("iptc_append_entry");
    at += entry->next_offset;
  }
  if (!iptc_commit(handle)) give_up("iptc_commit");
  iptc_free(handle);
  return now() - start;
}

static double snapshot(void) {
  double start = now();
  unsigned long long packets = 0;
  struct xtc_handle *handle = iptc_init("filter");
  if (!handle) give_up("iptc_init");
  for (const char *chain = iptc_first_chain(handle); chain; chain = iptc_next_chain(handle))
    for (const struct ipt_entry *rule = iptc_first_rule(chain, handle); rule; rule = iptc_next_rule(rule, handle))
      packets += rule->counters.pcnt + (iptc_get_target(rule, handle) != NULL);
  iptc_free(handle);
  double took = now() - start;
  fprintf(stderr, "%llu\n", packets);
  return took;
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "commit") == 0)
    printf("%.3f\n", commit(argv[2]));
  else if (argc == 2 && strcmp(argv[1], "read") == 0)
    printf("%.3f\n", snapshot());
  else
    return 2;
  return 0;
}
