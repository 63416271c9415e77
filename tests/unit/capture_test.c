/*
 * lib/model/capture.c: the capture record.
 */
#include "model.h"

#define T1 "\"2026-03-02T06:15:00.000000001Z\""

START_TEST(a_capture_is_read_as_it_was_written)
{
	round_trip(&ot_capture_shape,
	    "{\"sensor\":\"s\",\"site\":\"Lagos\",\"file\":\"a.pcap\","
	    "\"sha256\":\"ab\",\"file_bytes\":1,\"format\":\"pcapng\","
	    "\"compression\":\"zstd\",\"interfaces\":[{\"name\":\"eth1\","
	    "\"sensor\":\"s\","
	    "\"link_type\":\"ethernet\",\"snap_len\":1,\"received\":2,"
	    "\"dropped\":3},{\"link_type\":\"raw\"}],\"first\":" T1
	    ",\"last\":" T1 ",\"frames\":45,\"bytes\":3,\"cut_frames\":4,"
	    "\"account\":{\"tcp\":1,\"udp\":2,\"sctp\":3,\"icmp\":4,"
	    "\"ip\":5,\"layer2\":6,\"twin\":7,\"link_type\":8,"
	    "\"malformed\":9},\"flow_frames\":1,\"flow_bytes\":2,"
	    "\"attempt_frames\":3,\"attempt_bytes\":4,\"duplicates\":5,"
	    "\"connections\":6,\"one_sided\":7,\"tagged_frames\":8,"
	    "\"comments\":9,\"secrets\":10,\"unknown_blocks\":11,"
	    "\"back_steps\":12,\"damaged\":\"cut\",\"limits\":{"
	    "\"events\":1}}");
}
END_TEST

START_TEST(a_capture_without_a_hash_says_null_and_an_empty_account_stays)
{
	round_trip(&ot_capture_shape,
	    "{\"file\":\"-\",\"sha256\":null,\"file_bytes\":0,\"frames\":0,"
	    "\"bytes\":0,\"account\":{},\"flow_frames\":0,\"flow_bytes\":0,"
	    "\"attempt_frames\":0,\"attempt_bytes\":0,\"connections\":0,"
	    "\"one_sided\":0}");
}
END_TEST

START_TEST(captures_are_ordered_by_sensor_site_file_and_hash)
{
	static const char *const sorted[] = { "{}", "{\"sha256\":\"a\"}",
		"{\"file\":\"a\"}", "{\"site\":\"a\"}", "{\"sensor\":\"a\"}" };

	for (size_t i = 0; i + 1 < 5; i++) {
		const void *a = read_from(&ot_capture_shape, sorted[i]);
		const void *b = read_from(&ot_capture_shape, sorted[i + 1]);

		ck_assert_int_lt(ot_capture_shape.cmp(a, b), 0);
		ck_assert_int_gt(ot_capture_shape.cmp(b, a), 0);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_capture_is_read_as_it_was_written,
		a_capture_without_a_hash_says_null_and_an_empty_account_stays,
		captures_are_ordered_by_sensor_site_file_and_hash,
	};

	return RUN("capture", tests, NULL, forget);
}
