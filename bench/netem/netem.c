/*
 * A link between two network namespaces, in user space: `netem ROBOT_NS SERVER_NS DEVICE SEED`.
 *
 * It makes a TUN device in each namespace and carries IP packets between them. Each direction is a drop-tail queue of so
 * many bytes, a transmitter of so many bits a second, random loss, and a constant delay. Bits are counted as IP has them.
 *
 * Standard input takes one command a line, each is answered by one line on standard output:
 *   set DIRECTION RATE_BPS DELAY_US LOSS_PPM QUEUE_BYTES   DIRECTION 0 is robot to server, 1 is server to robot
 *   down | up                                             while down every packet is dropped, those on the way too
 *   stat                                                  counters of both directions as JSON
 * It ends when standard input does. Needs CAP_SYS_ADMIN and CAP_NET_ADMIN.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define MAX_PACKET 2048
#define READ_BURST 64
#define FAR INT64_MAX

struct packet {
  struct packet *next;
  int64_t atNs; /* in the queue: when it came; behind the transmitter: when it arrives */
  int bytes;
  unsigned char data[];
};

struct list {
  struct packet *first, *last;
};

struct counters {
  uint64_t offeredPackets, offeredBytes, forwardedPackets, forwardedBytes;
  uint64_t lostPackets, overflowPackets, downPackets;
};

struct direction {
  int from, to;
  double bitsPerSecond, loss;
  int64_t delayNs, maxQueueBytes;
  struct list queue, flying;
  int64_t queuedBytes;
  int64_t headStartNs; /* since when the first packet of the queue is being sent */
  double headDone;     /* share of it that was sent before the rate last changed */
  int64_t idleSinceNs; /* when the transmitter became free */
  int64_t lastArrivalNs;
  struct counters count;
};

static struct direction directions[2];
static int isDown;
static uint64_t randomState;

static int64_t nowNs(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void fail(const char *what) {
  fprintf(stderr, "netem: %s: %s\n", what, strerror(errno));
  exit(1);
}

/* xorshift64*: 0 to 1. */
static double randomShare(void) {
  randomState ^= randomState >> 12;
  randomState ^= randomState << 25;
  randomState ^= randomState >> 27;
  return (double)((randomState * 2685821657736338717ULL) >> 11) / 9007199254740992.0;
}

static void append(struct list *list, struct packet *packet) {
  packet->next = NULL;
  if (list->last) list->last->next = packet;
  else list->first = packet;
  list->last = packet;
}

static struct packet *shift(struct list *list) {
  struct packet *packet = list->first;
  list->first = packet->next;
  if (!list->first) list->last = NULL;
  return packet;
}

/* When the first packet of the queue is through the transmitter. */
static int64_t headEndNs(const struct direction *d) {
  if (!d->queue.first) return FAR;
  return d->headStartNs + (int64_t)(d->queue.first->bytes * 8e9 / d->bitsPerSecond * (1 - d->headDone));
}

static void startHead(struct direction *d, int64_t freeNs) {
  d->headDone = 0;
  if (d->queue.first) d->headStartNs = freeNs > d->queue.first->atNs ? freeNs : d->queue.first->atNs;
}

/* Does what was due by then, at the times at which it was due: a late wake-up changes no rate. */
static void advance(struct direction *d, int64_t now) {
  for (int64_t endNs; (endNs = headEndNs(d)) <= now;) {
    struct packet *packet = shift(&d->queue);
    d->queuedBytes -= packet->bytes;
    d->idleSinceNs = endNs;
    startHead(d, endNs);
    if (randomShare() < d->loss) {
      d->count.lostPackets++;
      free(packet);
      continue;
    }
    packet->atNs = endNs + d->delayNs;
    if (packet->atNs < d->lastArrivalNs) packet->atNs = d->lastArrivalNs; /* a shorter delay overtakes nothing */
    d->lastArrivalNs = packet->atNs;
    append(&d->flying, packet);
  }
  while (d->flying.first && d->flying.first->atNs <= now) {
    struct packet *packet = shift(&d->flying);
    if (write(d->to, packet->data, packet->bytes) > 0) {
      d->count.forwardedPackets++;
      d->count.forwardedBytes += packet->bytes;
    }
    free(packet);
  }
}

static void drop(struct direction *d, struct list *list) {
  while (list->first) {
    free(shift(list));
    d->count.downPackets++;
  }
}

static void take(struct direction *d) {
  for (int i = 0; i < READ_BURST; i++) {
    unsigned char data[MAX_PACKET];
    int bytes = (int)read(d->from, data, MAX_PACKET);
    if (bytes <= 0) return;
    int64_t now = nowNs();
    advance(d, now);
    d->count.offeredPackets++;
    d->count.offeredBytes += bytes;
    if (isDown) {
      d->count.downPackets++;
      continue;
    }
    /* One packet always fits, however slow the link. */
    if (d->queue.first && d->queuedBytes + bytes > d->maxQueueBytes) {
      d->count.overflowPackets++;
      continue;
    }
    struct packet *packet = malloc(sizeof *packet + bytes);
    if (!packet) fail("malloc");
    packet->bytes = bytes;
    packet->atNs = now;
    memcpy(packet->data, data, bytes);
    int wasIdle = !d->queue.first;
    append(&d->queue, packet);
    d->queuedBytes += bytes;
    if (wasIdle) startHead(d, d->idleSinceNs);
  }
}

static void printCounters(const struct direction *d) {
  const struct counters *c = &d->count;
  printf("{\"offeredPackets\":%llu,\"offeredBytes\":%llu,\"forwardedPackets\":%llu,\"forwardedBytes\":%llu,"
         "\"lostPackets\":%llu,\"overflowPackets\":%llu,\"downPackets\":%llu,\"queuedBytes\":%lld}",
         (unsigned long long)c->offeredPackets, (unsigned long long)c->offeredBytes,
         (unsigned long long)c->forwardedPackets, (unsigned long long)c->forwardedBytes,
         (unsigned long long)c->lostPackets, (unsigned long long)c->overflowPackets,
         (unsigned long long)c->downPackets, (long long)d->queuedBytes);
}

static void handleCommand(const char *line) {
  int64_t now = nowNs();
  int index;
  double bitsPerSecond, delayUs, lossPpm, queueBytes;
  for (int i = 0; i < 2; i++) advance(&directions[i], now);
  if (sscanf(line, "set %d %lf %lf %lf %lf", &index, &bitsPerSecond, &delayUs, &lossPpm, &queueBytes) == 5 &&
      (index == 0 || index == 1) && bitsPerSecond > 0) {
    struct direction *d = &directions[index];
    if (d->queue.first) {
      int64_t wholeNs = headEndNs(d) - d->headStartNs;
      if (wholeNs > 0) d->headDone += (1 - d->headDone) * (double)(now - d->headStartNs) / (double)wholeNs;
      d->headStartNs = now;
    }
    d->bitsPerSecond = bitsPerSecond;
    d->delayNs = (int64_t)(delayUs * 1000);
    d->loss = lossPpm / 1e6;
    d->maxQueueBytes = (int64_t)queueBytes;
    printf("ok\n");
  } else if (!strcmp(line, "down") || !strcmp(line, "up")) {
    isDown = line[0] == 'd';
    for (int i = 0; i < 2 && isDown; i++) {
      drop(&directions[i], &directions[i].queue);
      drop(&directions[i], &directions[i].flying);
      directions[i].queuedBytes = 0;
    }
    printf("ok\n");
  } else if (!strcmp(line, "stat")) {
    printf("{\"up\":");
    printCounters(&directions[0]);
    printf(",\"down\":");
    printCounters(&directions[1]);
    printf("}\n");
  } else {
    printf("unknown command\n");
  }
  fflush(stdout);
}

static void readCommands(void) {
  static char line[256];
  static size_t used;
  char data[256];
  ssize_t bytes = read(0, data, sizeof data);
  if (bytes <= 0) exit(0);
  for (ssize_t i = 0; i < bytes; i++) {
    if (data[i] == '\n') {
      line[used] = 0;
      used = 0;
      handleCommand(line);
    } else if (used < sizeof line - 1) {
      line[used++] = data[i];
    }
  }
}

static int openTun(const char *namespace, const char *device) {
  char path[128];
  snprintf(path, sizeof path, "/var/run/netns/%s", namespace);
  int space = open(path, O_RDONLY | O_CLOEXEC);
  if (space < 0) fail(path);
  if (setns(space, CLONE_NEWNET) < 0) fail("setns");
  close(space);
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) fail("/dev/net/tun");
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  if (ioctl(fd, TUNSETIFF, &request) < 0) fail("TUNSETIFF");
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: netem ROBOT_NS SERVER_NS DEVICE SEED\n");
    return 2;
  }
  randomState = strtoull(argv[4], NULL, 10) * 2 + 1;
  for (int i = 0; i < 2; i++) {
    directions[i].from = openTun(argv[1 + i], argv[3]);
    directions[i].bitsPerSecond = 1e9;
    directions[i].maxQueueBytes = 1000000;
  }
  directions[0].to = directions[1].from;
  directions[1].to = directions[0].from;
  /* Ctrl-C is for the program that started this one; its end closes standard input. */
  signal(SIGINT, SIG_IGN);
  /* A few microseconds of work at a time, which must not wait for the programs that it serves; allowed to fail. */
  struct sched_param priority = {.sched_priority = 10};
  sched_setscheduler(0, SCHED_RR, &priority);
  prctl(PR_SET_TIMERSLACK, 1UL);
  mlockall(MCL_CURRENT | MCL_FUTURE);
  printf("ready\n");
  fflush(stdout);

  struct pollfd polls[3] = {{directions[0].from, POLLIN, 0}, {directions[1].from, POLLIN, 0}, {0, POLLIN, 0}};
  for (;;) {
    int64_t dueNs = FAR;
    for (int i = 0; i < 2; i++) {
      const struct direction *d = &directions[i];
      int64_t endNs = headEndNs(d);
      if (endNs < dueNs) dueNs = endNs;
      if (d->flying.first && d->flying.first->atNs < dueNs) dueNs = d->flying.first->atNs;
    }
    int64_t waitNs = dueNs == FAR ? 0 : dueNs - nowNs();
    if (waitNs < 0) waitNs = 0;
    struct timespec wait = {waitNs / 1000000000LL, waitNs % 1000000000LL};
    if (ppoll(polls, 3, dueNs == FAR ? NULL : &wait, NULL) < 0 && errno != EINTR) fail("ppoll");
    for (int i = 0; i < 2; i++)
      if (polls[i].revents) take(&directions[i]);
    int64_t now = nowNs();
    for (int i = 0; i < 2; i++) advance(&directions[i], now);
    if (polls[2].revents) readCommands();
  }
}
