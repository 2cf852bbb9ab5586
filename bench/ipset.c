/*
 * The floor for sets: a plain netlink program with nothing to parse. Prints milliseconds, its start-up not counted.
 *
 *   ipset SET FILE    adds the elements in FILE to a set of hash:ip (4 bytes each) or hash:net (with a fifth, the prefix)
 *   ipset SET FILE 5
 *
 * Messages are as long as an attribute may be; each is acknowledged before the next is sent.
 */
#include <arpa/inet.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { kLongest = 65535 - 64 };

static unsigned char message[1 << 17];
static size_t length;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}
static void give_up(const char *what) {
  perror(what);
  exit(1);
}
static size_t put(unsigned short type, const void *value, size_t size) {
  struct nlattr *attribute = (struct nlattr *)(message + length);
  attribute->nla_type = type;
  attribute->nla_len = NLA_HDRLEN + size;
  memcpy(message + length + NLA_HDRLEN, value, size);
  const size_t at = length;
  length += NLA_ALIGN(NLA_HDRLEN + size);
  return at;
}
static size_t nest(unsigned short type) { return put(type | NLA_F_NESTED, "", 0); }
static void close_nest(size_t at) { ((struct nlattr *)(message + at))->nla_len = length - at; }

static void begin(const char *set) {
  const unsigned char protocol = 7;
  const unsigned line = 0;
  memset(message, 0, NLMSG_HDRLEN + sizeof(struct nfgenmsg));
  length = NLMSG_HDRLEN + sizeof(struct nfgenmsg);
  ((struct nfgenmsg *)(message + NLMSG_HDRLEN))->nfgen_family = AF_INET;
  put(IPSET_ATTR_PROTOCOL, &protocol, 1);
  put(IPSET_ATTR_SETNAME, set, strlen(set) + 1);
  put(IPSET_ATTR_LINENO, &line, 4);
}
static void finish(int fd) {
  static unsigned char reply[1 << 17];
  struct nlmsghdr *header = (struct nlmsghdr *)message;
  header->nlmsg_type = (NFNL_SUBSYS_IPSET << 8) | IPSET_CMD_ADD;
  header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  header->nlmsg_len = length;
  if (send(fd, message, length, 0) != (ssize_t)length) give_up("send");
  if (recv(fd, reply, sizeof reply, 0) < (ssize_t)(NLMSG_HDRLEN + 4)) give_up("recv");
  const int error = ((struct nlmsgerr *)NLMSG_DATA((struct nlmsghdr *)reply))->error;
  if (error != 0) {
    fprintf(stderr, "the kernel refuses: %d\n", error);
    exit(1);
  }
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  const size_t size = argc > 3 ? 5 : 4;
  FILE *file = fopen(argv[2], "rb");
  if (!file) give_up(argv[2]);
  fseek(file, 0, SEEK_END);
  const size_t all = ftell(file);
  rewind(file);
  unsigned char *elements = malloc(all);
  if (!elements || fread(elements, 1, all, file) != all) give_up(argv[2]);

  const double start = now();
  const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
  const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  const int room = 1 << 20;
  if (fd < 0 || connect(fd, (const struct sockaddr *)&kernel, sizeof kernel) != 0) give_up("socket");
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  size_t adt = 0;
  for (size_t at = 0; at < all; at += size) {
    if (adt == 0) {
      begin(argv[1]);
      adt = nest(IPSET_ATTR_ADT);
    }
    const size_t data = nest(IPSET_ATTR_DATA), ip = nest(IPSET_ATTR_IP);
    put(IPSET_ATTR_IPADDR_IPV4 | NLA_F_NET_BYTEORDER, elements + at, 4);
    close_nest(ip);
    if (size == 5) put(IPSET_ATTR_CIDR, elements + at + 4, 1);
    close_nest(data);
    if (length - adt < kLongest && at + size < all) continue;
    close_nest(adt);
    finish(fd);
    adt = 0;
  }
  printf("%f\n", now() - start);
  return 0;
}
