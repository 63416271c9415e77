/*
 * The end of a connection: into its record, or into its source's attempts.
 */
#include "engine/state.h"

void
ot_levels_free(struct session *s)
{
	for (unsigned i = 0; i < LEVELS; i++)
		ot_heap_free(s->level[i].state);
	memset(s->level, 0, sizeof(s->level));
}

static void
session_free(struct ot_engine *engine, struct session *s)
{
	for (unsigned dir = 0; dir < 2; dir++)
		ot_second_drop(engine, s, dir);
	ot_parts_free(engine, s);
	ot_levels_free(s);
	ot_user_done(engine, s);
	for (unsigned dir = 0; dir < 2; dir++) {
		ot_counts_done(&engine->arena, &s->macs[dir]);
		ot_counts_done(&engine->arena, &s->ttls[dir]);
	}
	ot_slots_done(&engine->arena, &s->slots);
	ot_hist_done(&engine->arena, &s->tcp.rtt);
	ot_through_done(s);
	ot_story_free(s->story);
	ot_hist_done(&engine->arena, &s->tcp.handshake);
	ot_heap_free(s);
}

static void
fold_end(struct ot_engine *engine, struct ot_flow_end *end,
    const struct ot_conn *conn, struct session *s, unsigned dir)
{
	const struct ot_half *half = &conn->half[dir];

	ot_session_macs(engine, half, s, dir);
	ot_session_ttls(engine, conn, s, dir);
	end->packets += half->packets;
	end->bytes += half->bytes;
	end->payload += half->payload;
	ot_counts_merge(&engine->arena, &end->mac, &s->macs[dir]);
	ot_counts_merge(&engine->arena, &end->ttl, &s->ttls[dir]);
}

static void
fold_connections(struct ot_flow_connections *c, const struct ot_conn *conn)
{
	if (conn->transport != OT_TCP)
		return;
	c->attempted += (conn->flags & OT_CONN_SYN) != 0;
	c->established += (conn->flags & OT_CONN_ESTABLISHED) != 0;
	c->refused += (conn->flags & OT_CONN_REFUSED) != 0;
	c->reset += (conn->flags & OT_CONN_RESET) != 0;
	c->midstream += (conn->flags & OT_CONN_MIDSTREAM) != 0;
	c->closed += conn->half[0].fin && conn->half[1].fin;
}

static const char *
sides_of(const struct ot_conn *conn, unsigned client)
{
	return conn->half[0].packets && conn->half[1].packets ? "both"
	       : conn->half[client].packets		      ? "client"
							      : "server";
}

static void
fold_tcp(struct ot_engine *engine, struct ot_flow_tcp *into,
    const struct ot_flow_tcp *from)
{
	into->retransmitted += from->retransmitted;
	into->out_of_order += from->out_of_order;
	into->gap_bytes += from->gap_bytes;
	into->zero_window += from->zero_window;
	into->duplicate_acks += from->duplicate_acks;
	ot_hist_merge(&engine->arena, &into->rtt, &from->rtt);
	ot_hist_merge(&engine->arena, &into->handshake, &from->handshake);
}

static const char *
state_of(const struct ot_conn *conn)
{
	return conn->flags & OT_CONN_RESET		? "reset"
	       : conn->half[0].fin && conn->half[1].fin ? "closed"
	       : conn->flags & OT_CONN_MIDSTREAM	? "midstream"
							: "open";
}

/* Connections in which something was done that is worth its own line. */
static void
fold_session(struct ot_engine *engine, struct ot_flow_sum *sum,
    const struct ot_conn *conn, const struct session *s,
    const struct ot_place *place)
{
	const uint32_t single = 1U << OT_ADMIN | 1U << OT_AUTH |
				1U << OT_PROGRAM | 1U << OT_FIRMWARE |
				1U << OT_MODE | 1U << OT_FILE;

	if (!(s->verbs & single) || conn->transport != OT_TCP)
		return;
	struct ot_session_sum session = {
		.start = conn->first_ns,
		.end = conn->last_ns,
		.client_port = conn->port[s->client_dir],
		.state = ot_str(state_of(conn)),
		.bytes = conn->half[0].bytes + conn->half[1].bytes,
		.user = s->user,
	};

	ot_evidence_add(&session.evidence, place);
	ot_list_add(
	    &engine->arena, &ot_session_shape, &sum->sessions, &session);
}

static void
fold_conn(struct ot_engine *engine, struct ot_flow_sum *sum,
    const struct ot_conn *conn, struct session *s)
{
	unsigned client = (unsigned)s->client_dir;
	struct ot_place place =
	    ot_frame_place(engine, conn->first_frame, s->began_ns);

	fold_end(engine, &sum->client, conn, s, client);
	fold_end(engine, &sum->server, conn, s, !client);
	if (sum->first == OT_TIME_NONE || conn->first_ns < sum->first)
		sum->first = conn->first_ns;
	if (sum->last == OT_TIME_NONE || conn->last_ns > sum->last)
		sum->last = conn->last_ns;
	ot_slots_merge(&engine->arena, &sum->slots, &s->slots);
	ot_evidence_add(&sum->evidence, &place);
	fold_connections(&sum->connections, conn);
	ot_counts_add(
	    &engine->arena, &sum->sides, ot_str(sides_of(conn, client)), 1);
	fold_tcp(engine, &sum->tcp, &s->tcp);
	/* what a connection without a name began with is as unknown as the
	 * rest of it */
	uint64_t partial = s->level[0].proto ? s->partial_bytes : 0;

	sum->coverage.partial += partial;
	sum->coverage.unknown += s->unknown_bytes - partial;
	sum->duplicates += s->duplicates;
	sum->icmp_errors += s->icmp_errors;
	sum->fragments += s->fragments;
	sum->overlaps += s->overlaps;
	sum->vlan_one_way += (conn->flags & OT_CONN_VLAN_ONE_WAY) != 0;
	fold_session(engine, sum, conn, s, &place);
}

/* A SYN that nobody answered. */
static bool
tcp_attempt(const struct ot_conn *conn, const struct session *s)
{
	return conn->transport == OT_TCP && conn->flags & OT_CONN_SYN &&
	       !conn->half[!conn->syn_dir].packets && !s->icmp_errors &&
	       !conn->half[conn->syn_dir].payload;
}

static void
end_done(struct ot_engine *engine, struct ot_flow_end *end)
{
	ot_counts_done(&engine->arena, &end->mac);
	ot_counts_done(&engine->arena, &end->ttl);
}

static void
end_attempt(
    struct ot_engine *engine, const struct ot_conn *conn, struct session *s)
{
	struct ot_flow_sum sum = { .sensor = engine->sensors[conn->sensor],
		.site = engine->sites[conn->sensor],
		.first = OT_TIME_NONE,
		.last = OT_TIME_NONE };
	unsigned client = (unsigned)s->client_dir;

	sum.network.transport = conn->transport;
	sum.network.vlan.count = conn->vlans;
	memcpy(sum.network.vlan.id, conn->vlan,
	    conn->vlans * sizeof(conn->vlan[0]));
	sum.client.addr = conn->end[client];
	sum.server.addr = conn->end[!client];
	sum.server.port = conn->port[!client];
	fold_conn(engine, &sum, conn, s);
	ot_fold_attempt(engine, &sum, 0);
	engine->attempt_frames += sum.client.packets;
	engine->attempt_bytes += sum.client.bytes;
	end_done(engine, &sum.client);
	end_done(engine, &sum.server);
	ot_slots_done(&engine->arena, &sum.slots);
	ot_counts_done(&engine->arena, &sum.sides);
	ot_hist_done(&engine->arena, &sum.tcp.rtt);
	ot_hist_done(&engine->arena, &sum.tcp.handshake);
}

static void
name_rest(struct ot_engine *engine, struct ot_conn *conn, struct session *s)
{
	ot_decide_roles(engine, conn, s);
	struct ot_str name = ot_name_by_port(engine, conn, s);

	s->named_by = name.p ? OT_NAMED_PORT : OT_NAMED_NONE;
	s->live = ot_live_get(
	    engine, conn, s, name.p ? name : ot_str("unknown"), NULL);
}

void
ot_conn_end(void *user, struct ot_conn *conn)
{
	struct ot_engine *engine = user;
	struct session *s = conn->user;

	if (!s)
		return;
	ot_data_end(engine, conn, s);
	if (tcp_attempt(conn, s) && !engine->options->connections) {
		ot_decide_roles(engine, conn, s);
		end_attempt(engine, conn, s);
	} else {
		if (!s->level[0].proto)
			name_rest(engine, conn, s);
		ot_pair_end(engine, s);
		s->live->answered |=
		    s->level[0].proto != NULL ||
		    (conn->half[0].packets && conn->half[1].packets) ||
		    conn->flags & OT_CONN_GROUP;
		fold_conn(engine, &s->live->sum, conn, s);
		ot_through_fold(engine, s, &s->live->sum);
		if (s->live != &engine->nowhere && s->story &&
		    !ot_story_tell(s->story, &engine->arena, conn,
			(unsigned)s->client_dir, &s->live->sum))
			engine->limit_memory++;
		engine->account.duplicates += s->duplicates;
		engine->account.connections++;
		engine->account.one_sided +=
		    !(conn->half[0].packets && conn->half[1].packets) &&
		    !(conn->flags & OT_CONN_GROUP);
	}
	session_free(engine, s);
	conn->user = NULL;
}
