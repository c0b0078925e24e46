/*
 * Asks a tracker as fast as it answers, with 64 requests in flight or as many as are said, at a fraction of what answering costs.
 *
 *     tracker-load <mode> <address> <port> <torrents> <peers> <requests> <seed> [<in flight, over UDP>]
 *     modes: udp-fill udp-announce udp-pairs udp-scrape1 udp-scrape70 http-fill http-keep http-close http-scrape hashes
 *            ws-announce ws-hold http-idle udp-flood http-flood
 *
 * A fill announces every peer of every torrent once; the others draw at random. Prints one line of JSON:
 * {"answers", "lost", "bytes", "seconds", "cpu"}; "cpu" are the seconds of our own. `hashes` prints the info hashes in hex, for a tracker that wants to be told.
 *
 * `ws-announce` keeps <peers> WebSockets that announce in turn, five offers each, and swallow what is passed on to them.
 * `ws-hold` opens <requests> WebSockets, announces once on each, and holds them until standard input ends;
 * `http-idle` does so with plain connections.
 * `udp-flood` sends <requests> announces as fast as it can, whatever comes back; `http-flood` keeps <peers> connections open with
 * one announce each. Both print what the answers waited, in milliseconds: {"median", "p99"}.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Over HTTP, and over UDP where no number is given. */
#define IN_FLIGHT 64
#define BATCH 64
#define DATAGRAM_MAX 2048
/* The kernel cuts one message into this many datagrams, and no message is longer. */
#define SEGMENTS_MAX 64
#define MESSAGE_LENGTH_MAX 60000
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

static uint64_t dice;
static struct sockaddr_in target;
static uint32_t torrents, peers, in_flight = IN_FLIGHT;
static uint64_t answers, lost, bytes_in;

static uint64_t mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15ull;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
  return value ^ (value >> 31);
}
static uint32_t draw(uint32_t below) { return (uint32_t)((mix(dice++) >> 32) * below >> 32); }

static void info_hash(uint32_t torrent, uint8_t *out) {
  for (int part = 0; part < 3; part++) {
    uint64_t word = mix(((uint64_t)torrent << 2) + part);
    memcpy(out + 8 * part, &word, part < 2 ? 8 : 4);
  }
}
static void peer_id(uint32_t torrent, uint32_t peer, uint8_t *out) {
  char text[32];
  snprintf(text, sizeof text, "-XX0001-%06u%06u", torrent % 1000000, peer % 1000000);
  memcpy(out, text, 20);
}
static uint16_t peer_port(uint32_t peer) { return (uint16_t)(1024 + peer); }
/* One peer in five is a seed. */
static int is_seed(uint32_t peer) { return peer % 5 == 0; }

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}
static double cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}
static void put32(uint8_t *at, uint32_t value) {
  value = htonl(value);
  memcpy(at, &value, 4);
}
static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* ---- UDP ---- */

static uint8_t connection_id[8];

static size_t connect_request(uint8_t *out) {
  static const uint8_t head[12] = {0, 0, 4, 0x17, 0x27, 0x10, 0x19, 0x80, 0, 0, 0, 0};
  memcpy(out, head, 12);
  put32(out + 12, 7);
  return 16;
}
static size_t announce_request(uint8_t *out, uint32_t torrent, uint32_t peer, const uint8_t *id) {
  memset(out, 0, 98);
  memcpy(out, id, 8);
  put32(out + 8, 1);
  put32(out + 12, 9);
  info_hash(torrent, out + 16);
  peer_id(torrent, peer, out + 36);
  put32(out + 68, is_seed(peer) ? 0 : 1000);
  put32(out + 88, peer + 1);
  put32(out + 92, 50);
  uint16_t port = htons(peer_port(peer));
  memcpy(out + 96, &port, 2);
  return 98;
}
static size_t scrape_request(uint8_t *out, int count) {
  memcpy(out, connection_id, 8);
  put32(out + 8, 2);
  put32(out + 12, 9);
  for (int hash = 0; hash < count; hash++) info_hash(draw(torrents), out + 16 + 20 * hash);
  return 16 + 20 * count;
}
static int udp_socket(void) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  int length = 4 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &length, sizeof length);
  if (connect(fd, (struct sockaddr *)&target, sizeof target)) fail("connect");
  struct timeval wait = {0, 200000};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  return fd;
}
static void learn_id(int fd) {
  uint8_t out[16], in[64];
  for (int tries = 0; tries < 20; tries++) {
    if (send(fd, out, connect_request(out), 0) < 0) fail("send");
    /* Late answers to what was given up may come first. */
    for (ssize_t got; (got = recv(fd, in, sizeof in, 0)) > 0;) {
      if (got < 16 || in[3] != 0) continue;
      memcpy(connection_id, in + 8, 8);
      return;
    }
  }
  fprintf(stderr, "no connection id\n");
  exit(1);
}
/*
 * A second at most, without sleeping: to wake a sleeper costs the tracker's core a microsecond or two for each answer, and a quick
 * tracker, whose asker has no time to sleep, nothing. No answer over a network wakes anybody on the tracker's machine.
 */
static int receive_awake(int fd, struct mmsghdr *messages) {
  double until = 0;
  for (;;) {
    int got = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
    if (got > 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) return got;
    double now = seconds_now();
    if (until == 0) until = now + 1;
    else if (now > until) return -1;
    /* A tracker of two threads wants this core too. */
    sched_yield();
  }
}
/*
 * Sends datagrams, those of one length that follow each other as one message which the kernel cuts up behind our back (UDP_SEGMENT): they arrive
 * as any others do, for a third of the cost.
 */
static void send_many(int fd, const struct iovec *parts, int count) {
  static int cuts = 1;
  for (int at = 0; at < count;) {
    size_t length = parts[at].iov_len;
    int segments = 1;
    while (cuts && at + segments < count && segments < SEGMENTS_MAX && parts[at + segments].iov_len == length &&
           (segments + 1) * length <= MESSAGE_LENGTH_MAX)
      segments++;
    struct msghdr message = {.msg_iov = (struct iovec *)(parts + at), .msg_iovlen = segments};
    union { char bytes[CMSG_SPACE(sizeof(uint16_t))]; struct cmsghdr align; } control;
    if (segments > 1) {
      memset(&control, 0, sizeof control);
      message.msg_control = control.bytes;
      message.msg_controllen = sizeof control.bytes;
      struct cmsghdr *word = CMSG_FIRSTHDR(&message);
      word->cmsg_level = IPPROTO_UDP;
      word->cmsg_type = UDP_SEGMENT;
      word->cmsg_len = CMSG_LEN(sizeof(uint16_t));
      *(uint16_t *)CMSG_DATA(word) = length;
    }
    if (sendmsg(fd, &message, 0) >= 0) at += segments;
    else if (segments > 1) cuts = 0; /* An old kernel: one by one. */
    else fail("sendmsg");
  }
}
static void run_udp(const char *mode, uint64_t requests) {
  static uint8_t out[BATCH][DATAGRAM_MAX], in[BATCH][DATAGRAM_MAX];
  struct mmsghdr receive_messages[BATCH] = {0};
  struct iovec send_parts[BATCH], receive_parts[BATCH];
  int fd = udp_socket();
  int is_pairs = !strcmp(mode, "udp-pairs"), is_fill = !strcmp(mode, "udp-fill");
  int scraped = !strcmp(mode, "udp-scrape1") ? 1 : !strcmp(mode, "udp-scrape70") ? 70 : 0;
  uint64_t sent = 0;
  uint32_t open = 0;
  learn_id(fd);
  double renewed = seconds_now();
  for (int at = 0; at < BATCH; at++) {
    receive_parts[at] = (struct iovec){in[at], DATAGRAM_MAX};
    receive_messages[at].msg_hdr.msg_iov = &receive_parts[at];
    receive_messages[at].msg_hdr.msg_iovlen = 1;
  }
  uint8_t fresh[BATCH][8];
  int fresh_count = 0;
  while (answers + lost < requests) {
    int count = 0;
    while (count < BATCH && open + count < in_flight && (sent < requests || fresh_count > 0)) {
      size_t length;
      if (is_pairs && fresh_count == 0) length = connect_request(out[count]), sent++;
      else if (is_pairs) length = announce_request(out[count], draw(torrents), draw(peers), fresh[--fresh_count]);
      else if (scraped) length = scrape_request(out[count], scraped), sent++;
      else if (is_fill) length = announce_request(out[count], sent / peers, sent % peers, connection_id), sent++;
      else length = announce_request(out[count], draw(torrents), draw(peers), connection_id), sent++;
      send_parts[count] = (struct iovec){out[count], length};
      count++;
    }
    send_many(fd, send_parts, count);
    open += count;
    int got = receive_awake(fd, receive_messages);
    if (got < 0) {
      /* Nothing is on its way any more: whatever is still missing will not come. */
      if (open == 0 && sent >= requests) lost = requests - answers;
      lost += open;
      open = 0;
      learn_id(fd);
      continue;
    }
    for (int at = 0; at < got; at++) {
      bytes_in += receive_messages[at].msg_len;
      if (is_pairs && in[at][3] == 0) memcpy(fresh[fresh_count++], in[at] + 8, 8);
      else if (in[at][3] != 3) answers++;
      else lost++;
    }
    open = open > (uint32_t)got ? open - got : 0;
    if (seconds_now() - renewed > 30) {
      /* What is in flight now is counted as it comes; the answer to this is swallowed among them. */
      uint8_t hello[16];
      if (send(fd, hello, connect_request(hello), 0) == 16) open++;
      renewed = seconds_now();
    }
    if (!is_pairs) for (int at = 0; at < got; at++) if (in[at][3] == 0) memcpy(connection_id, in[at] + 8, 8), answers--;
  }
}

/* ---- HTTP ---- */

struct link {
  int fd;
  size_t have, body_end;
  uint8_t in[32768];
};

static void escape(char **at, const uint8_t *from, int length) {
  static const char digits[] = "0123456789abcdef";
  for (int byte = 0; byte < length; byte++) {
    *(*at)++ = '%';
    *(*at)++ = digits[from[byte] >> 4];
    *(*at)++ = digits[from[byte] & 15];
  }
}
static size_t http_request(char *out, const char *mode, uint64_t number) {
  char *at = out;
  uint8_t hash[24], id[20];
  int is_fill = !strcmp(mode, "http-fill"), is_scrape = !strcmp(mode, "http-scrape"), keeps = !strcmp(mode, "http-keep") || is_fill;
  uint32_t torrent = is_fill ? number / peers : draw(torrents), peer = is_fill ? number % peers : draw(peers);
  info_hash(torrent, hash);
  at += sprintf(at, "GET /%s?info_hash=", is_scrape ? "scrape" : "announce");
  escape(&at, hash, 20);
  if (!is_scrape) {
    peer_id(torrent, peer, id);
    at += sprintf(at, "&peer_id=%.20s&port=%u&uploaded=0&downloaded=0&left=%u&compact=1&numwant=50&key=%08X", (char *)id, peer_port(peer),
                  is_seed(peer) ? 0 : 1000, peer + 1);
  }
  at += sprintf(at, " HTTP/1.1\r\nHost: tracker\r\nUser-Agent: load\r\n%s\r\n", keeps ? "" : "Connection: close\r\n");
  return at - out;
}
static int http_socket(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(fd, (struct sockaddr *)&target, sizeof target)) fail("connect");
  return fd;
}
/* Two seconds at most, without sleeping: a virtual core that sleeps between answers takes longer to wake than the tracker to answer. */
static int wait_awake(int poll, struct epoll_event *events, int max) {
  double until = seconds_now() + 2;
  int count;
  do {
    count = epoll_wait(poll, events, max, 0);
    if (count == 0) sched_yield();
  } while (count == 0 && seconds_now() < until);
  return count;
}
static void run_http(const char *mode, uint64_t requests) {
  static struct link links[IN_FLIGHT];
  int keeps = !strcmp(mode, "http-keep") || !strcmp(mode, "http-fill");
  int poll = epoll_create1(0);
  uint64_t sent = 0;
  char out[2048];
  for (int at = 0; at < IN_FLIGHT; at++) {
    struct link *link = &links[at];
    link->fd = http_socket();
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = link};
    epoll_ctl(poll, EPOLL_CTL_ADD, link->fd, &event);
    if (send(link->fd, out, http_request(out, mode, sent++), 0) < 0) fail("send");
  }
  while (answers + lost < requests) {
    struct epoll_event events[IN_FLIGHT];
    int count = wait_awake(poll, events, IN_FLIGHT);
    if (count <= 0) {
      fprintf(stderr, "the tracker is silent\n");
      exit(1);
    }
    for (int index = 0; index < count; index++) {
      struct link *link = events[index].data.ptr;
      ssize_t got = recv(link->fd, link->in + link->have, sizeof link->in - link->have - 1, 0);
      if (got > 0) link->have += got, bytes_in += got;
      if (got > 0 && link->body_end == 0) {
        link->in[link->have] = 0;
        char *end = strstr((char *)link->in, "\r\n\r\n"), *length = strcasestr((char *)link->in, "content-length:");
        if (end && length) link->body_end = (end + 4 - (char *)link->in) + atoi(length + 15);
      }
      int is_whole = link->body_end > 0 && link->have >= link->body_end;
      if (got > 0 && (!keeps || !is_whole)) continue;
      if (link->have > 12 && !memcmp(link->in + 9, "200", 3)) answers++;
      else lost++;
      if (got <= 0) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = link};
        close(link->fd);
        if (sent >= requests) continue;
        link->fd = http_socket();
        epoll_ctl(poll, EPOLL_CTL_ADD, link->fd, &event);
      }
      link->have = link->body_end = 0;
      if (sent < requests && send(link->fd, out, http_request(out, mode, sent++), 0) < 0) fail("send");
    }
  }
}

/* ---- WebSocket ---- */

#define OFFERS 5
#define SDP_LENGTH 400
#define WS_IN 65536

struct socket_link {
  int fd;
  size_t have;
  uint8_t in[WS_IN];
};

/* Bytes as a JSON string of one character each. */
static void json_bytes(char **at, const uint8_t *from, int length) {
  for (int byte = 0; byte < length; byte++) *at += sprintf(*at, "\\u%04x", from[byte]);
}
/* A client's frame; a mask of zeros leaves the text readable. */
static size_t ws_announce(uint8_t *out, uint32_t torrent, uint32_t peer) {
  static char text[8192], sdp[SDP_LENGTH + 1];
  uint8_t hash[24], id[20];
  char *at = text;
  memset(sdp, 'v', SDP_LENGTH);
  info_hash(torrent, hash);
  peer_id(torrent, peer, id);
  at += sprintf(at, "{\"action\":\"announce\",\"numwant\":%d,\"uploaded\":0,\"downloaded\":0,\"left\":%u,\"info_hash\":\"", OFFERS, is_seed(peer) ? 0 : 1000);
  json_bytes(&at, hash, 20);
  at += sprintf(at, "\",\"peer_id\":\"%.20s\",\"offers\":[", (char *)id);
  for (int offer = 0; offer < OFFERS; offer++)
    at += sprintf(at, "%s{\"offer_id\":\"%020u\",\"offer\":{\"type\":\"offer\",\"sdp\":\"%s\"}}", offer ? "," : "", draw(1u << 31), sdp);
  at += sprintf(at, "]}");
  size_t length = at - text;
  uint8_t head[8] = {0x81, 0x80 | 126, length >> 8, length & 255, 0, 0, 0, 0};
  memcpy(out, head, 8);
  memcpy(out + 8, text, length);
  return 8 + length;
}
static int ws_socket(void) {
  static const char hello[] = "GET / HTTP/1.1\r\nHost: tracker\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  char in[1024];
  size_t have = 0;
  int fd = http_socket();
  if (send(fd, hello, sizeof hello - 1, 0) < 0) fail("send");
  while (have < 4 || memcmp(in + have - 4, "\r\n\r\n", 4)) {
    ssize_t got = recv(fd, in + have, 1, 0);
    if (got <= 0 || have == sizeof in - 1) fail("no WebSocket");
    have += got;
  }
  return fd;
}
static void send_all(int fd, const uint8_t *out, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t sent = send(fd, out + done, length - done, 0);
    if (sent < 0) fail("send");
    done += sent;
  }
}
/* Takes whole messages; returns how many of them answer an announce of this link. */
static int ws_take(struct socket_link *link) {
  ssize_t got = recv(link->fd, link->in + link->have, WS_IN - link->have, 0);
  if (got <= 0) fail("the tracker closed a WebSocket");
  link->have += got;
  bytes_in += got;
  size_t at = 0;
  int answered = 0;
  while (link->have - at >= 4) {
    size_t length = link->in[at + 1] & 127, head = 2;
    if (length == 126) length = link->in[at + 2] << 8 | link->in[at + 3], head = 4;
    if (link->have - at < head + length) break;
    if ((link->in[at] & 15) == 1 && memmem(link->in + at + head, length, "\"interval\"", 10)) answered++;
    at += head + length;
  }
  memmove(link->in, link->in + at, link->have - at);
  link->have -= at;
  return answered;
}
static void run_ws(uint64_t requests) {
  struct socket_link *links = calloc(peers, sizeof *links);
  int poll = epoll_create1(0);
  uint64_t sent = 0;
  /* What each peer says is made once: to spell it out costs as much as a tracker needs to answer. */
  struct said { size_t length; uint8_t bytes[8192]; } *said = calloc(peers, sizeof *said);
  for (uint32_t at = 0; at < peers; at++) {
    links[at].fd = ws_socket();
    said[at].length = ws_announce(said[at].bytes, at % torrents, at);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &links[at]};
    epoll_ctl(poll, EPOLL_CTL_ADD, links[at].fd, &event);
  }
  for (uint32_t at = 0; at < peers && at < IN_FLIGHT; at++) send_all(links[at].fd, said[at].bytes, said[at].length), sent++;
  while (answers < requests) {
    struct epoll_event events[IN_FLIGHT];
    int count = wait_awake(poll, events, IN_FLIGHT);
    if (count <= 0) {
      lost = requests - answers;
      return;
    }
    for (int index = 0; index < count; index++) {
      struct socket_link *link = events[index].data.ptr;
      for (int answered = ws_take(link); answered > 0; answered--) {
        answers++;
        /* The turn goes to another one. */
        uint32_t next = sent++ % peers;
        send_all(links[next].fd, said[next].bytes, said[next].length);
      }
    }
  }
}
static void hold_ws(uint64_t requests, int is_bare) {
  static struct socket_link link;
  uint8_t out[16384];
  for (uint64_t at = 0; at < requests; at++, answers++) {
    if (is_bare) {
      int fd = http_socket();
      if (send(fd, "GET / HTTP/1.1\r\n\r\n", 18, 0) < 0 || recv(fd, out, sizeof out, 0) <= 0) fail("bare");
      continue;
    }
    link.fd = ws_socket();
    link.have = 0;
    send_all(link.fd, out, ws_announce(out, at % torrents, at));
    while (ws_take(&link) == 0) continue;
  }
  printf("held\n");
  fflush(stdout);
  while (read(0, out, sizeof out) > 0) continue;
}

/* ---- More than it can take ---- */

#define WAITS_MAX 4000000
static float *waits;
/* While requests were sent, without the wait for the last answers. */
static double flood_seconds;
static uint64_t wait_count;

static void note_wait(double seconds) {
  if (wait_count < WAITS_MAX) waits[wait_count++] = seconds * 1000;
}
static int by_value(const void *left, const void *right) { return (*(float *)left > *(float *)right) - (*(float *)left < *(float *)right); }
static double wait_at(double part) { return wait_count == 0 ? 0 : waits[(uint64_t)((wait_count - 1) * part)]; }

/* Announces made beforehand: making one costs more than sending it. */
#define POOL 65536
#define ANNOUNCE_LENGTH 98
/* Requests whose time of leaving is remembered; answers come long before as many more have left. */
#define NUMBERS (1 << 22)
/* Messages between two looks at what came back. */
#define MESSAGES 4

static void flood_udp(uint64_t requests) {
  static uint8_t pool[POOL][ANNOUNCE_LENGTH], in[BATCH][DATAGRAM_MAX];
  static double sent_at[NUMBERS];
  struct mmsghdr received[BATCH] = {0};
  struct iovec parts[SEGMENTS_MAX], received_parts[BATCH];
  int fd = udp_socket();
  learn_id(fd);
  for (int at = 0; at < POOL; at++) announce_request(pool[at], draw(torrents), draw(peers), connection_id);
  for (int at = 0; at < BATCH; at++) {
    received_parts[at] = (struct iovec){in[at], DATAGRAM_MAX};
    received[at].msg_hdr.msg_iov = &received_parts[at];
    received[at].msg_hdr.msg_iovlen = 1;
  }
  uint64_t sent = 0;
  double start = seconds_now();
  for (int is_over = 0; !is_over;) {
    for (int message = 0; message < MESSAGES && sent < requests; message++) {
      uint32_t first = draw(POOL / SEGMENTS_MAX) * SEGMENTS_MAX;
      double now = seconds_now();
      for (int at = 0; at < SEGMENTS_MAX; at++, sent++) {
        parts[at] = (struct iovec){pool[first + at], ANNOUNCE_LENGTH};
        put32(pool[first + at] + 12, (uint32_t)sent & (NUMBERS - 1));
        sent_at[sent & (NUMBERS - 1)] = now;
      }
      send_many(fd, parts, SEGMENTS_MAX);
    }
    /* What came back meanwhile; after the last one everything that still comes. */
    for (;;) {
      int got = recvmmsg(fd, received, BATCH, sent < requests ? MSG_DONTWAIT : MSG_WAITFORONE, NULL);
      if (flood_seconds == 0 && sent >= requests) flood_seconds = seconds_now() - start;
      if (got <= 0) {
        is_over = sent >= requests;
        break;
      }
      double now = seconds_now();
      for (int at = 0; at < got; at++) {
        if (received[at].msg_len < 20 || in[at][3] != 1) continue;
        uint32_t number = (uint32_t)in[at][4] << 24 | in[at][5] << 16 | in[at][6] << 8 | in[at][7];
        note_wait(now - sent_at[number & (NUMBERS - 1)]);
        answers++;
      }
    }
  }
  lost = sent - answers;
}
#define HTTP_POOL 1024

static void flood_http(uint64_t requests) {
  struct held { int fd; double since; size_t have; uint8_t in[2048]; } *links = calloc(peers, sizeof *links);
  static struct { size_t length; char bytes[512]; } pool[HTTP_POOL];
  int poll = epoll_create1(0);
  uint64_t sent = 0;
  uint32_t open = 0, next = 0;
  for (int at = 0; at < HTTP_POOL; at++) pool[at].length = http_request(pool[at].bytes, "http-close", 0);
  for (uint32_t at = 0; at < peers; at++) links[at].fd = -1;
  while (answers + lost < requests) {
    /* As many as fit, but a look at the answers now and then. */
    for (uint32_t opened = 0, looked = 0; looked < peers && opened < 256 && sent < requests && open < peers; looked++) {
      struct held *link = &links[next++ % peers];
      if (link->fd >= 0) continue;
      link->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      link->since = seconds_now();
      link->have = 0;
      if (link->fd < 0) fail("socket");
      if (connect(link->fd, (struct sockaddr *)&target, sizeof target) && errno != EINPROGRESS) fail("connect");
      /* Over the loopback device a connection stands by now, unless its queue is full. */
      int draw_at = sent++ % HTTP_POOL;
      int is_asked = send(link->fd, pool[draw_at].bytes, pool[draw_at].length, MSG_NOSIGNAL) >= 0;
      if (!is_asked) link->since = 0;
      struct epoll_event event = {.events = is_asked ? EPOLLIN : EPOLLOUT, .data.ptr = link};
      epoll_ctl(poll, EPOLL_CTL_ADD, link->fd, &event);
      open++, opened++;
    }
    struct epoll_event events[1024];
    int count = epoll_wait(poll, events, 1024, open < peers && sent < requests ? 0 : 3000);
    if (count < 0 || (count == 0 && (open == peers || sent == requests))) break;
    for (int index = 0; index < count; index++) {
      struct held *link = events[index].data.ptr;
      if (link->since == 0 && (events[index].events & EPOLLOUT)) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = link};
        link->since = seconds_now();
        epoll_ctl(poll, EPOLL_CTL_MOD, link->fd, &event);
        if (send(link->fd, pool[index].bytes, pool[index].length, MSG_NOSIGNAL) >= 0) continue;
      }
      ssize_t got = recv(link->fd, link->in + link->have, sizeof link->in - link->have, 0);
      if (got > 0) {
        link->have += got;
        bytes_in += got;
        if (link->have < sizeof link->in) continue;
      }
      int is_good = link->have > 12 && !memcmp(link->in + 9, "200", 3);
      if (is_good) answers++, note_wait(seconds_now() - link->since);
      else lost++;
      close(link->fd);
      link->fd = -1;
      open--;
    }
  }
}

int main(int count, char **words) {
  if (count < 8) {
    fprintf(stderr, "usage: tracker-load mode address port torrents peers requests seed\n");
    return 2;
  }
  target.sin_family = AF_INET;
  inet_pton(AF_INET, words[2], &target.sin_addr);
  target.sin_port = htons(atoi(words[3]));
  torrents = atoi(words[4]);
  peers = atoi(words[5]);
  uint64_t requests = strtoull(words[6], NULL, 10);
  dice = mix(strtoull(words[7], NULL, 10));
  if (count > 8) in_flight = atoi(words[8]);
  if (!strcmp(words[1], "hashes")) {
    for (uint32_t torrent = 0; torrent < torrents; torrent++) {
      uint8_t hash[24];
      info_hash(torrent, hash);
      for (int byte = 0; byte < 20; byte++) printf("%02x", hash[byte]);
      printf("\n");
    }
    return 0;
  }
  double start = seconds_now();
  int is_flood = strstr(words[1], "flood") != NULL;
  if (is_flood) waits = malloc(WAITS_MAX * sizeof *waits);
  if (!strcmp(words[1], "udp-flood")) flood_udp(requests);
  else if (!strcmp(words[1], "http-flood")) flood_http(requests);
  else if (!strcmp(words[1], "ws-announce")) run_ws(requests);
  else if (!strcmp(words[1], "ws-hold") || !strcmp(words[1], "http-idle")) hold_ws(requests, words[1][0] == 'h');
  else if (!strncmp(words[1], "udp", 3)) run_udp(words[1], requests);
  else run_http(words[1], requests);
  if (is_flood) {
    double seconds = flood_seconds > 0 ? flood_seconds : seconds_now() - start;
    qsort(waits, wait_count, sizeof *waits, by_value);
    printf("{\"answers\": %llu, \"lost\": %llu, \"seconds\": %.6f, \"median\": %.3f, \"p99\": %.3f}\n", (unsigned long long)answers,
           (unsigned long long)lost, seconds, wait_at(0.5), wait_at(0.99));
    return 0;
  }
  double seconds = seconds_now() - start;
  printf("{\"answers\": %llu, \"lost\": %llu, \"bytes\": %llu, \"seconds\": %.6f, \"cpu\": %.6f}\n", (unsigned long long)answers,
         (unsigned long long)lost, (unsigned long long)bytes_in, seconds, cpu_seconds());
  return 0;
}
