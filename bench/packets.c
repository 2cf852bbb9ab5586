/*
 * Sends datagrams of one byte as fast as it can for so many milliseconds: packets ADDRESS MILLISECONDS. Prints how many.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (inet_pton(AF_INET, argv[1], &to.sin_addr) != 1 || fd < 0 ||
      connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) {
    perror(argv[1]);
    return 1;
  }
  long sent = 0;
  for (const double end = now() + atof(argv[2]); now() < end;)
    for (int i = 0; i < 16; i++) sent += send(fd, "x", 1, 0) == 1;
  printf("%ld\n", sent);
  return 0;
}
