// Samples of events that are no HTTP request, with the members that handlers commonly read.
#include <string>

#include "lambda/sample_event_parts.h"

namespace wascc::lambda {
namespace {

std::string arn(std::string_view service, std::string_view what) {
  std::string text = "arn:aws:";
  text.append(service).append(":").append(kSampleRegion).append(":").append(kSampleAccount);
  return text.append(":").append(what);
}

void begin_record(json::Writer& out) {
  out.begin_object().key("Records").begin_array().begin_object();
}
void end_record(json::Writer& out) { out.end_object().end_array().end_object(); }

void begin_bus_event(json::Writer& out, std::string_view type, std::string_view source) {
  out.begin_object().key("version").string("0").key("id").string(kSampleRequestId);
  out.key("detail-type").string(type).key("source").string(source);
  out.key("account").string(kSampleAccount).key("time").string(kSampleTime);
  out.key("region").string(kSampleRegion);
}

}  // namespace

void write_sample_sqs(json::Writer& out, ByteView body) {
  begin_record(out);
  out.key("messageId").string(kSampleRequestId).key("receiptHandle").string("AQEBsample");
  out.key("body").string(as_text(body));
  out.key("attributes").begin_object().key("ApproximateReceiveCount").string("1");
  out.key("SentTimestamp").string(std::to_string(kSampleEpochMs));
  out.key("SenderId").string("AIDASAMPLE");
  out.key("ApproximateFirstReceiveTimestamp").string(std::to_string(kSampleEpochMs)).end_object();
  out.key("messageAttributes").begin_object().end_object();
  out.key("eventSource").string("aws:sqs").key("eventSourceARN").string(arn("sqs", "demo"));
  out.key("awsRegion").string(kSampleRegion);
  end_record(out);
}

void write_sample_sns(json::Writer& out, ByteView body) {
  begin_record(out);
  out.key("EventSource").string("aws:sns").key("EventVersion").string("1.0");
  out.key("EventSubscriptionArn").string(arn("sns", "demo:" + std::string(kSampleRequestId)));
  out.key("Sns").begin_object().key("Type").string("Notification");
  out.key("MessageId").string(kSampleRequestId).key("TopicArn").string(arn("sns", "demo"));
  out.key("Subject").null().key("Message").string(as_text(body));
  out.key("Timestamp").string(kSampleTime);
  out.key("MessageAttributes").begin_object().end_object().end_object();
  end_record(out);
}

void write_sample_s3(json::Writer& out, ByteView /*body*/) {
  begin_record(out);
  out.key("eventVersion").string("2.1").key("eventSource").string("aws:s3");
  out.key("awsRegion").string(kSampleRegion).key("eventTime").string(kSampleTime);
  out.key("eventName").string("ObjectCreated:Put");
  out.key("s3").begin_object().key("s3SchemaVersion").string("1.0");
  out.key("bucket").begin_object().key("name").string("demo");
  out.key("arn").string("arn:aws:s3:::demo").end_object();
  out.key("object").begin_object().key("key").string("folder/new+file.txt");
  out.key("size").number(std::int64_t{5}).key("sequencer").string("0A1B2C3D4E5F678901");
  out.end_object().end_object();
  end_record(out);
}

void write_sample_dynamodb(json::Writer& out, ByteView /*body*/) {
  begin_record(out);
  out.key("eventID").string("1").key("eventVersion").string("1.1");
  out.key("eventName").string("INSERT").key("eventSource").string("aws:dynamodb");
  out.key("awsRegion").string(kSampleRegion);
  out.key("dynamodb").begin_object();
  out.key("Keys").begin_object().key("id").begin_object().key("N").string("101");
  out.end_object().end_object();
  out.key("NewImage").begin_object().key("id").begin_object().key("N").string("101").end_object();
  out.key("name").begin_object().key("S").string("new item").end_object().end_object();
  out.key("SequenceNumber").string("111").key("SizeBytes").number(std::int64_t{26});
  out.key("StreamViewType").string("NEW_AND_OLD_IMAGES").end_object();
  out.key("eventSourceARN").string(arn("dynamodb", "table/demo/stream/2026-01-15T00:00:00.000"));
  end_record(out);
}

void write_sample_kinesis(json::Writer& out, ByteView body) {
  begin_record(out);
  out.key("eventID").string("shardId-000000000000:1").key("eventVersion").string("1.0");
  out.key("eventName").string("aws:kinesis:record").key("eventSource").string("aws:kinesis");
  out.key("awsRegion").string(kSampleRegion);
  out.key("kinesis").begin_object().key("kinesisSchemaVersion").string("1.0");
  out.key("partitionKey").string("demo").key("sequenceNumber").string("1");
  out.key("data").base64(body).end_object();
  out.key("eventSourceARN").string(arn("kinesis", "stream/demo"));
  end_record(out);
}

void write_sample_eventbridge(json::Writer& out, ByteView body) {
  begin_bus_event(out, "Demo", "demo.wascc");
  out.key("resources").begin_array().end_array().key("detail");
  if (json::Document::parse(as_text(body))) {
    out.raw(as_text(body));
  } else {
    out.begin_object();
    if (!body.empty()) out.key("text").string(as_text(body));
    out.end_object();
  }
  out.end_object();
}

void write_sample_schedule(json::Writer& out, ByteView /*body*/) {
  begin_bus_event(out, "Scheduled Event", "aws.events");
  out.key("resources").begin_array().string(arn("events", "rule/demo")).end_array();
  out.key("detail").begin_object().end_object().end_object();
}

void write_sample_websocket(json::Writer& out, ByteView body) {
  out.begin_object().key("requestContext").begin_object();
  out.key("routeKey").string("$default").key("eventType").string("MESSAGE");
  out.key("messageId").string("AbCdEfGhIjKlMn0=").key("messageDirection").string("IN");
  out.key("stage").string("prod").key("connectedAt").number(kSampleEpochMs);
  out.key("requestTimeEpoch").number(kSampleEpochMs);
  out.key("identity").begin_object().key("sourceIp").string(kSampleClient).end_object();
  out.key("requestId").string(kSampleRequestId).key("connectionId").string("AbCdEfGhIjK");
  out.key("domainName").string("a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com");
  out.key("apiId").string("a1b2c3d4e5").end_object();
  out.key("body").string(as_text(body)).key("isBase64Encoded").boolean(false).end_object();
}

}  // namespace wascc::lambda
