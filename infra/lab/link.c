/*
 * Why: a line of known rate, delay, loss and queue between two network namespaces, on kernels without netem. Two TUN devices, one
 * process. Each direction sends in virtual time: a packet starts when the one before it has left, lasts size / rate, and arrives
 * `delay` later; it is dropped where it would have waited longer than `buffer`. Loss happens before the queue, so that the rate is
 * what arrives when more is offered. Sizes are those of whole IP packets.
 *
 * Usage: link NAMESPACE DEVICE NAMESPACE DEVICE       the first end is the probe's: `down` leads to it, `up` leads away
 * Lines on stdin, each answered by one JSON line on stdout; at their end (also when the parent died) the namespaces are removed:
 *   down rate=28e6 delay=25e-3 buffer=0.1 loss=0.01 peak=100e6 burst=4e6 sigma=0.1 rho=0.5 seed=1     bit/s, s, bytes, shares
 *   stats           counters of both directions since the start; the worst lateness since the last question
 *   draw down 1000  mean, sigma and correlation of the next 1000 steps of the capacity noise
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define RING_BYTES (1u << 26) /* 64 MB, touched only as far as used: 300 Mb/s for 1.7 s */
#define PACKET_BYTES 2048     /* the devices' MTU is 1500 */
#define STEP_NS 100000000     /* the capacity noise moves every 100 ms */
#define QUANTUM_NS 400000     /* packets are moved together every 0.4 ms: 300 Mb/s would else be 25,000 wake-ups a second */
#define BATCH 128             /* packets read before what is due is written */

struct record {
  int64_t due;
  uint32_t size, room; /* size 0: nothing here, go on at the ring's start */
};

struct counters {
  uint64_t in_packets, in_bytes, out_packets, out_bytes, lost, dropped;
  int64_t late_ns;
};

struct direction {
  double rate, peak, burst, loss, sigma, rho; /* bit/s, bit/s, bytes, shares */
  int64_t delay, buffer;                      /* ns */
  int from, to;
  uint8_t *ring;
  uint64_t head, tail; /* ever growing; modulo RING_BYTES */
  int64_t free_at, last_due;
  double tokens, noise; /* bytes; in standard deviations */
  int64_t tokens_at, noise_at;
  uint64_t random;
  struct counters count;
};

static struct direction down = {.rate = 1e9, .buffer = 100000000, .rho = 0.5, .random = 1};
static struct direction up = {.rate = 1e9, .buffer = 100000000, .rho = 0.5, .random = 2};
static const char *namespaces[2];

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* splitmix64 */
static uint64_t next_random(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
/* in (0, 1] */
static double uniform(uint64_t *state) { return ((next_random(state) >> 11) + 1) * 0x1p-53; }

/* First order autoregression with unit variance. */
static double next_noise(double noise, double rho, uint64_t *state) {
  double radius = sqrt(-2 * log(uniform(state))), angle = 2 * M_PI * uniform(state);
  return rho * noise + sqrt(1 - rho * rho) * radius * cos(angle);
}

static double factor(const struct direction *d, double noise) {
  double f = 1 + d->sigma * noise;
  return f < 0.05 ? 0.05 : f; /* a line that stands still for a step would only say that the queue is finite */
}

/* How long these bytes occupy the line, starting at `at`. */
static int64_t lasts(struct direction *d, double bytes, int64_t at) {
  double rate = d->rate;
  if (d->burst > 0) {
    d->tokens += (at - d->tokens_at) * 1e-9 * d->rate / 8;
    if (d->tokens > d->burst) d->tokens = d->burst;
    d->tokens_at = at;
    if (d->tokens >= bytes) rate = d->peak;
    d->tokens -= bytes;
  }
  if (d->sigma > 0) {
    if (at - d->noise_at > 100LL * STEP_NS) d->noise_at = at - 100LL * STEP_NS; /* long idle: nothing is left of the old value */
    for (; d->noise_at + STEP_NS <= at; d->noise_at += STEP_NS) d->noise = next_noise(d->noise, d->rho, &d->random);
    rate *= factor(d, d->noise);
  }
  return (int64_t)(bytes * 8e9 / rate);
}

/* Where the next packet can be read to; null while the ring is full. */
static struct record *room(struct direction *d) {
  uint64_t at = d->tail % RING_BYTES, need = sizeof(struct record) + PACKET_BYTES;
  uint64_t skip = at + need > RING_BYTES ? RING_BYTES - at : 0;
  if (d->tail + skip + need - d->head > RING_BYTES) return NULL;
  if (skip) {
    if (skip >= sizeof(struct record)) ((struct record *)(d->ring + at))->size = 0;
    d->tail += skip;
  }
  return (struct record *)(d->ring + d->tail % RING_BYTES);
}

/* Reads what the kernel wants to send and decides when, and if, it arrives. */
static int take(struct direction *d) {
  int64_t now = now_ns();
  for (int n = 0; n < BATCH; n++) {
    struct record *r = room(d);
    uint8_t spare[PACKET_BYTES];
    ssize_t size = read(d->from, r ? (void *)(r + 1) : spare, PACKET_BYTES);
    if (size <= 0) return n;
    d->count.in_packets++;
    d->count.in_bytes += size;
    if (d->loss > 0 && uniform(&d->random) <= d->loss) {
      d->count.lost++;
      continue;
    }
    int64_t start = d->free_at > now ? d->free_at : now;
    if (!r || start - now > d->buffer) {
      d->count.dropped++;
      continue;
    }
    d->free_at = start + lasts(d, size, start);
    r->due = d->free_at + d->delay;
    if (r->due < d->last_due) r->due = d->last_due; /* a delay that became shorter does not reorder */
    d->last_due = r->due;
    r->size = size;
    r->room = sizeof *r + ((size + 15) & ~15);
    d->tail += r->room;
  }
  return BATCH;
}

/* Hands over what is due; answers when the next one is, or INT64_MAX. */
static int64_t release(struct direction *d) {
  int64_t now = now_ns();
  while (d->head != d->tail) {
    uint64_t at = d->head % RING_BYTES;
    struct record *r = (struct record *)(d->ring + at);
    if (RING_BYTES - at < sizeof *r || r->size == 0) {
      d->head += RING_BYTES - at;
      continue;
    }
    if (r->due > now) return r->due;
    if (now - r->due > d->count.late_ns) d->count.late_ns = now - r->due;
    if (write(d->to, r + 1, r->size) == (ssize_t)r->size) {
      d->count.out_packets++;
      d->count.out_bytes += r->size;
    } else {
      d->count.dropped++; /* the device is down */
    }
    d->head += r->room;
  }
  return INT64_MAX;
}

static int set(struct direction *d, char *words) {
  for (char *word = strtok(words, " \n"); word; word = strtok(NULL, " \n")) {
    char *equals = strchr(word, '='), *end;
    double value = equals ? strtod(equals + 1, &end) : -1;
    if (!equals || *end || !(value >= 0)) return 0;
    *equals = 0;
    if (!strcmp(word, "rate")) d->rate = value;
    else if (!strcmp(word, "delay")) d->delay = value * 1e9;
    else if (!strcmp(word, "buffer")) d->buffer = value * 1e9;
    else if (!strcmp(word, "loss")) d->loss = value;
    else if (!strcmp(word, "peak")) d->peak = value;
    else if (!strcmp(word, "burst")) d->burst = d->tokens = value, d->tokens_at = now_ns();
    else if (!strcmp(word, "sigma")) d->sigma = value;
    else if (!strcmp(word, "rho")) d->rho = value;
    else if (!strcmp(word, "seed")) d->random = value;
    else return 0;
  }
  return d->rate > 0 && (d->burst == 0 || d->peak > 0) && d->rho < 1;
}

static void print_counters(const char *name, struct direction *d, const char *after) {
  struct counters *c = &d->count;
  printf("\"%s\":{\"inPackets\":%" PRIu64 ",\"inBytes\":%" PRIu64 ",\"outPackets\":%" PRIu64 ",\"outBytes\":%" PRIu64
         ",\"lost\":%" PRIu64 ",\"dropped\":%" PRIu64 ",\"lateMs\":%.3f}%s",
         name, c->in_packets, c->in_bytes, c->out_packets, c->out_bytes, c->lost, c->dropped, c->late_ns / 1e6, after);
  c->late_ns = 0;
}

static void print_draws(const struct direction *d, int count) {
  double noise = d->noise, sum = 0, squares = 0, products = 0, before = 0;
  uint64_t state = d->random;
  for (int i = 0; i < count; i++) {
    noise = next_noise(noise, d->rho, &state);
    double off = factor(d, noise) - 1;
    sum += off;
    squares += off * off;
    products += off * before;
    before = off;
  }
  double mean = sum / count, variance = squares / count - mean * mean;
  printf("{\"mean\":%.5f,\"sigma\":%.5f,\"correlation\":%.5f}\n", 1 + mean, sqrt(variance),
         (products / count - mean * mean) / variance);
}

static void obey(char *line) {
  char *words = strchr(line, ' ');
  if (!strncmp(line, "stats", 5)) {
    printf("{");
    print_counters("down", &down, ",");
    print_counters("up", &up, "}\n");
  } else if (!strncmp(line, "draw ", 5)) {
    char *count = strchr(line + 5, ' ');
    print_draws(strncmp(line + 5, "up", 2) ? &down : &up, count && atoi(count) > 1 ? atoi(count) : 1000);
  } else if (words && (!strncmp(line, "down ", 5) || !strncmp(line, "up ", 3))) {
    struct direction *d = line[0] == 'd' ? &down : &up, before = *d;
    if (set(d, words + 1)) printf("{\"ok\":true}\n");
    else *d = before, printf("{\"ok\":false}\n");
  } else {
    printf("{\"ok\":false}\n");
  }
  fflush(stdout);
}

/* False at the end of the input. */
static int read_commands(void) {
  static char text[4096];
  static size_t used;
  ssize_t got = read(0, text + used, sizeof text - 1 - used);
  if (got <= 0) return got < 0 && errno == EAGAIN;
  used += got;
  text[used] = 0;
  char *line = text, *end;
  while ((end = strchr(line, '\n'))) {
    *end = 0;
    obey(line);
    line = end + 1;
  }
  used = strlen(line);
  memmove(text, line, used + 1);
  if (used == sizeof text - 1) used = 0;
  return 1;
}

static void path_of(char *path, size_t size, const char *name) { snprintf(path, size, "/var/run/netns/%s", name); }

static int open_device(const char *namespace, const char *device) {
  char path[256];
  path_of(path, sizeof path, namespace);
  int ns = open(path, O_RDONLY | O_CLOEXEC);
  if (ns < 0 || setns(ns, CLONE_NEWNET) < 0) fail(path);
  close(ns);
  int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (tun < 0) fail("/dev/net/tun");
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  if (ioctl(tun, TUNSETIFF, &request) < 0) fail(device);
  return tun;
}

static void remove_namespaces(void) {
  for (int i = 0; i < 2; i++) {
    char path[256];
    path_of(path, sizeof path, namespaces[i]);
    if (umount2(path, MNT_DETACH) == 0) unlink(path);
  }
}

static void carry(void) {
  struct pollfd polled[3] = {{.fd = down.from, .events = POLLIN}, {.fd = up.from, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
  int64_t wait = 0;
  for (;;) {
    struct timespec timeout = {wait / 1000000000, wait % 1000000000};
    if (ppoll(polled, 3, &timeout, NULL) < 0 && errno != EINTR) fail("poll");
    int64_t woken = now_ns();
    if (polled[0].revents) while (take(&down) == BATCH) release(&down);
    if (polled[1].revents) while (take(&up) == BATCH) release(&up);
    if (polled[2].revents && !read_commands()) return;
    int64_t next = release(&down), other = release(&up);
    if (other < next) next = other;
    /* Rest for one quantum, so that packets which come one by one are moved together. */
    int64_t rest = woken + QUANTUM_NS - now_ns();
    if (rest > 0) nanosleep(&(struct timespec){.tv_nsec = rest}, NULL);
    wait = next == INT64_MAX ? 1000000000 : next - now_ns();
    if (wait < 0) wait = 0;
  }
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: link NAMESPACE DEVICE NAMESPACE DEVICE\n");
    return 2;
  }
  namespaces[0] = argv[1];
  namespaces[1] = argv[3];
  down.to = up.from = open_device(argv[1], argv[2]);
  down.from = up.to = open_device(argv[3], argv[4]);
  for (struct direction *d = &down;; d = &up) {
    d->ring = mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (d->ring == MAP_FAILED) fail("memory");
    if (d == &up) break;
  }
  /* Ctrl-C, or the end of a whole process group, is for the parent, whose end closes stdin: then nothing is left behind. */
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
  prctl(PR_SET_TIMERSLACK, 1);
  /* A line does not stand still because the machine is busy. Niceness counts only inside a session where the kernel groups by it. */
  if (sched_setscheduler(0, SCHED_RR, &(struct sched_param){.sched_priority = 10}) < 0) setpriority(PRIO_PROCESS, 0, -12);
  printf("{\"ok\":true}\n");
  fflush(stdout);
  carry();
  remove_namespaces();
  obey("stats");
  return 0;
}
