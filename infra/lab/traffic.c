/*
 * Why: plain UDP traffic at an exact rate: visitors on a line that is tested, and what the emulator itself is tested with.
 *
 * Usage: traffic send ADDRESS PORT MBPS PACKET_BYTES SECONDS      sizes and rates of whole IP packets (28 bytes are headers)
 *        traffic sink PORT SECONDS_OF_SILENCE                     both print one JSON line at the end
 * Each packet carries its number and the sender's monotonic time, which network namespaces share: the sink knows loss and delay.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEADERS 28
#define TICK_NS 1000000
#define BIN_NS 100000000
#define BINS 600
#define BURST 64

struct stamp {
  uint64_t number;
  int64_t sent;
};

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int send_paced(struct sockaddr_in to, double mbps, int size, double seconds) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) return perror("connect"), 1;
  static uint8_t bytes[BURST][2048];
  struct iovec parts[BURST];
  struct mmsghdr messages[BURST] = {0};
  for (int i = 0; i < BURST; i++) {
    parts[i] = (struct iovec){bytes[i], size - HEADERS};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
  }
  int64_t start = now_ns(), tick = start;
  uint64_t sent = 0;
  double every = size * 8e3 / mbps; /* ns per packet */
  for (;;) {
    int64_t now = now_ns();
    if (now - start > seconds * 1e9) break;
    uint64_t due = (uint64_t)((now - start) / every) + 1;
    while (sent < due) {
      int n = due - sent > BURST ? BURST : due - sent;
      for (int i = 0; i < n; i++) *(struct stamp *)bytes[i] = (struct stamp){sent + i, now_ns()};
      int done = sendmmsg(fd, messages, n, 0);
      sent += done > 0 ? done : n; /* refused or no room: these are lost before the line */
    }
    tick += TICK_NS;
    if (tick < now) tick = now;
    struct timespec until = {tick / 1000000000, tick % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
  }
  printf("{\"sent\":%" PRIu64 "}\n", sent);
  return 0;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static int receive(struct sockaddr_in at, double silence) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0), room = 4 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0) return perror("bind"), 1;
  printf("{\"ok\":true}\n");
  fflush(stdout);
  static double bins[BINS], delays[1 << 20];
  uint64_t packets = 0, highest = 0;
  int64_t first = 0, last = 0;
  uint8_t bytes[2048];
  for (;;) {
    if (packets < 2) {
      double wait = first ? silence : 10;
      struct timeval limit = {(time_t)wait, (suseconds_t)((wait - (time_t)wait) * 1e6)};
      setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    ssize_t size = recv(fd, bytes, sizeof bytes, 0);
    if (size < (ssize_t)sizeof(struct stamp)) break;
    struct stamp *stamp = (struct stamp *)bytes;
    last = now_ns();
    if (!first) first = last;
    if (packets < sizeof delays / sizeof *delays) delays[packets] = (last - stamp->sent) / 1e6;
    packets++;
    if (stamp->number > highest) highest = stamp->number;
    int bin = (last - first) / BIN_NS;
    if (bin < BINS) bins[bin] += size + HEADERS;
  }
  size_t known = packets < sizeof delays / sizeof *delays ? packets : sizeof delays / sizeof *delays;
  qsort(delays, known, sizeof *delays, by_value);
  printf("{\"packets\":%" PRIu64 ",\"highest\":%" PRIu64 ",\"seconds\":%.6f,\"delayMs\":[%.3f,%.3f,%.3f],\"mbps\":[", packets, highest,
         (last - first) / 1e9, known ? delays[0] : 0, known ? delays[known / 2] : 0, known ? delays[known - 1] : 0);
  int count = first ? (last - first) / BIN_NS : 0; /* whole bins only */
  for (int i = 0; i < count && i < BINS; i++) printf("%s%.3f", i ? "," : "", bins[i] * 8 / (BIN_NS / 1e3));
  printf("]}\n");
  return 0;
}

int main(int argc, char **argv) {
  prctl(PR_SET_TIMERSLACK, 1);
  if (sched_setscheduler(0, SCHED_RR, &(struct sched_param){.sched_priority = 5}) < 0) setpriority(PRIO_PROCESS, 0, -12);
  struct sockaddr_in address = {.sin_family = AF_INET};
  if (argc == 7 && !strcmp(argv[1], "send")) {
    inet_pton(AF_INET, argv[2], &address.sin_addr);
    address.sin_port = htons(atoi(argv[3]));
    return send_paced(address, atof(argv[4]), atoi(argv[5]), atof(argv[6]));
  }
  if (argc == 4 && !strcmp(argv[1], "sink")) {
    address.sin_port = htons(atoi(argv[2]));
    return receive(address, atof(argv[3]));
  }
  fprintf(stderr, "usage: traffic send ADDRESS PORT MBPS PACKET_BYTES SECONDS | traffic sink PORT SECONDS_OF_SILENCE\n");
  return 2;
}
