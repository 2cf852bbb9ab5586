/* Sends a file of netlink messages to nf_tables in one call and reads what the kernel says. Prints milliseconds. */
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#ifndef NETLINK_NETFILTER
#define NETLINK_NETFILTER 12
#endif

static void fail(const char *what) {
  perror(what);
  exit(1);
}
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}
static char *contents(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) fail(path);
  *size = ftell(file);
  rewind(file);
  char *bytes = malloc(*size);
  if (!bytes || fread(bytes, 1, *size, file) != *size) fail(path);
  fclose(file);
  return bytes;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  size_t size;
  char *const batch = contents(argv[1], &size);
  static char answer[1 << 16];
  const double begin = now();
  const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER), room = 1 << 28, on = 1;
  if (fd < 0) fail("socket");
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room)) fail("SO_SNDBUFFORCE");
  setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  if (sendto(fd, batch, size, 0, (struct sockaddr *)&kernel, sizeof kernel) != (ssize_t)size) fail("sendto");
  ssize_t got;
  int acknowledged = 0;
  while ((got = recv(fd, answer, sizeof answer, MSG_DONTWAIT)) > 0)
    for (struct nlmsghdr *m = (void *)answer; NLMSG_OK(m, got); m = NLMSG_NEXT(m, got)) {
      if (m->nlmsg_type != NLMSG_ERROR) continue;
      const struct nlmsgerr *const outcome = NLMSG_DATA(m);
      if (outcome->error) {
        fprintf(stderr, "message %u: %s\n", m->nlmsg_seq, strerror(-outcome->error));
        return 1;
      }
      acknowledged = 1;
    }
  const double end = now();
  if (!acknowledged) {
    fprintf(stderr, "the kernel said nothing\n");
    return 1;
  }
  printf("%.3f\n", end - begin);
  return 0;
}
