//! What the usual recorders put around a webhook, as patterns, with receive times in the form that each one really uses.

use super::named::named;

named! {
    /// What is put around each webhook.
    Envelope {
        None "none" "the webhook itself; no receive time",
        Mixed "mixed" "several simple ones in turn, and none in half of the organizations; none in one file",
        ApigwV1 "apigw-v1" "API Gateway, REST: body as text, requestContext.requestTimeEpoch",
        ApigwV2 "apigw-v2" "API Gateway, HTTP: body as text, requestContext.timeEpoch",
        ApigwBase64 "apigw-base64" "the same with the body in base64",
        LambdaUrl "lambda-url" "Lambda function URL",
        Sqs "sqs" "SQS message: Body as text, Attributes.SentTimestamp",
        Sns "sns" "SNS notification: Message as text",
        SnsInSqs "sns-in-sqs" "an SNS notification as text in an SQS message",
        EventBridge "eventbridge" "EventBridge: detail, time in seconds",
        CloudEvents "cloudevents" "CloudEvents 1.0: data",
        PubsubPush "pubsub-push" "Pub/Sub push: message.data in base64, publishTime",
        CloudLogging "cloud-logging" "Google Cloud Logging: jsonPayload",
        CloudLoggingText "cloud-logging-text" "Google Cloud Logging: textPayload",
        KafkaConnect "kafka-connect" "Kafka Connect sink: value, timestamp",
        KafkaRest "kafka-rest" "Kafka REST proxy: arrays of values; no receive time",
        Kcat "kcat" "kcat -J: payload as text, ts",
        FluentBit "fluent-bit" "Fluent Bit: log as text, date in seconds with a fraction",
        Fluentd "fluentd" "Fluentd: tag and time, in seconds, among the keys of the webhook",
        Filebeat "filebeat" "Filebeat: message as text, @timestamp",
        Vector "vector" "Vector: message as text, timestamp",
        Docker "docker" "Docker's json-file: log as text with a line end, time",
        Cloudwatch "cloudwatch" "CloudWatch Logs subscription: one to four logEvents, message as text",
        AzureRecords "azure-records" "Azure diagnostics: records of one to four, properties",
        EventHubs "event-hubs" "Azure Event Hubs and IoT Hub: Body, EnqueuedTimeUtc",
        ElasticHit "elastic-hit" "Elasticsearch hit: _source with @timestamp",
        Logstash "logstash" "Logstash: @timestamp among the keys of the webhook",
        Svix "svix" "Svix message: payload, timestamp",
        WebhookSite "webhook-site" "webhook.site: content as text, created_at in seconds",
        Requestbin "requestbin" "RequestBin: event.body, context.ts",
        N8n "n8n" "n8n webhook node: body; no receive time",
        Mongoexport "mongoexport" "mongoexport: body, receivedAt with $date",
        Dynamodb "dynamodb" "DynamoDB export: Item.payload.S as text; no receive time",
        RowToJson "row-to-json" "PostgreSQL's row_to_json: payload, received_at",
        Bigquery "bigquery" "BigQuery export: payload as text, received_at",
        Nginx "nginx" "nginx log with escape=json: request_body as text, time_iso8601 in seconds",
        Firehose "firehose" "Firehose transformation: records of one to four, data in base64",
        Batch "batch" "records of one to four; no receive times",
        Twice "twice" "the webhook, and its copy as text; counts once",
        StringInString "string-in-string" "JSON text escaped twice",
    }
}

/// How precisely an envelope says when a webhook was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clock {
    /// Not at all.
    None,
    /// In whole seconds.
    Seconds,
    /// In milliseconds or finer.
    Millis,
}

/// The pattern of a record: text with `«names»` to be replaced; see `recorder.rs`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pattern {
    /// The text before the first webhook.
    pub(super) head: &'static str,
    /// One webhook.
    pub(super) each: &'static str,
    /// The text after the last one.
    pub(super) tail: &'static str,
    /// Most webhooks in a record.
    pub(super) most: u64,
}

const fn one(each: &'static str) -> Pattern {
    Pattern { head: "", each, tail: "", most: 1 }
}

const fn some(head: &'static str, each: &'static str, tail: &'static str) -> Pattern {
    Pattern { head, each, tail, most: 4 }
}

impl Envelope {
    /// How precisely it gives the receive time of each webhook. `None` also for [`Envelope::Mixed`], in which that differs.
    #[must_use]
    pub const fn clock(self) -> Clock {
        match self {
            Self::None
            | Self::Mixed
            | Self::KafkaRest
            | Self::N8n
            | Self::Dynamodb
            | Self::Batch => Clock::None,
            Self::EventBridge | Self::Fluentd | Self::WebhookSite | Self::Nginx => Clock::Seconds,
            Self::ApigwV1
            | Self::ApigwV2
            | Self::ApigwBase64
            | Self::LambdaUrl
            | Self::Sqs
            | Self::Sns
            | Self::SnsInSqs
            | Self::CloudEvents
            | Self::PubsubPush
            | Self::CloudLogging
            | Self::CloudLoggingText
            | Self::KafkaConnect
            | Self::Kcat
            | Self::FluentBit
            | Self::Filebeat
            | Self::Vector
            | Self::Docker
            | Self::Cloudwatch
            | Self::AzureRecords
            | Self::EventHubs
            | Self::ElasticHit
            | Self::Logstash
            | Self::Svix
            | Self::Requestbin
            | Self::Mongoexport
            | Self::RowToJson
            | Self::Bigquery
            | Self::Firehose
            | Self::Twice
            | Self::StringInString => Clock::Millis,
        }
    }

    /// Whether a record can hold several webhooks.
    #[must_use]
    pub const fn holds_several(self) -> bool {
        self.pattern().most > 1
    }

    pub(super) const fn pattern(self) -> Pattern {
        match self {
            Self::None | Self::Mixed => one("«object»"),
            Self::ApigwV1 => one(
                r#"{"resource":"/hook","path":"/hook","httpMethod":"POST","headers":{"Content-Type":"application/json","X-Amzn-Trace-Id":"Root=«hex»"},"multiValueHeaders":{"Content-Type":["application/json"]},"queryStringParameters":null,"pathParameters":null,"stageVariables":null,"requestContext":{"accountId":"123456789012","httpMethod":"POST","requestTime":"«clf»","requestTimeEpoch":«ms»,"requestId":"«uuid»","stage":"prod"},"body":«text»,"isBase64Encoded":false}"#,
            ),
            Self::ApigwV2 => one(
                r#"{"version":"2.0","routeKey":"POST /hook","rawPath":"/hook","rawQueryString":"","headers":{"content-type":"application/json"},"requestContext":{"accountId":"123456789012","http":{"method":"POST","path":"/hook"},"requestId":"«hex»","time":"«clf»","timeEpoch":«ms»},"body":«text»,"isBase64Encoded":false}"#,
            ),
            Self::ApigwBase64 => one(
                r#"{"version":"2.0","routeKey":"POST /hook","rawPath":"/hook","rawQueryString":"","headers":{"content-type":"application/octet-stream"},"requestContext":{"requestId":"«hex»","time":"«clf»","timeEpoch":«ms»},"body":"«base64»","isBase64Encoded":true}"#,
            ),
            Self::LambdaUrl => one(
                r#"{"version":"2.0","routeKey":"$default","rawPath":"/","rawQueryString":"","headers":{"content-type":"application/json","host":"example.lambda-url.eu-north-1.on.aws"},"requestContext":{"accountId":"anonymous","domainName":"example.lambda-url.eu-north-1.on.aws","http":{"method":"POST","path":"/","protocol":"HTTP/1.1"},"requestId":"«uuid»","routeKey":"$default","stage":"$default","time":"«clf»","timeEpoch":«ms»},"body":«text»,"isBase64Encoded":false}"#,
            ),
            Self::Sqs => one(
                r#"{"MessageId":"«uuid»","ReceiptHandle":"AQEB«hex»","MD5OfBody":"«hex»","Body":«text»,"Attributes":{"SenderId":"AIDAEXAMPLE","ApproximateFirstReceiveTimestamp":"«later-ms»","ApproximateReceiveCount":"1","SentTimestamp":"«ms»"}}"#,
            ),
            Self::Sns => one(SNS),
            Self::SnsInSqs => one(
                r#"{"messageId":"«uuid»","receiptHandle":"AQEB«hex»","body":«sns»,"attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"«later-ms»","SenderId":"AIDAEXAMPLE","ApproximateFirstReceiveTimestamp":"«later-ms»"},"messageAttributes":{},"md5OfBody":"«hex»","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-north-1:123456789012:hooks","awsRegion":"eu-north-1"}"#,
            ),
            Self::EventBridge => one(
                r#"{"version":"0","id":"«uuid»","detail-type":"webhook","source":"queue","account":"123456789012","time":"«seconds»","region":"eu-north-1","resources":[],"detail":«object»}"#,
            ),
            Self::CloudEvents => one(
                r#"{"specversion":"1.0","id":"«uuid»","source":"/hook","type":"org.example.webhook","time":"«millis»","datacontenttype":"application/json","data":«object»}"#,
            ),
            Self::PubsubPush => one(
                r#"{"message":{"attributes":{"origin":"hook"},"data":"«base64»","messageId":"«number»","message_id":"«number»","publishTime":"«millis»","publish_time":"«millis»"},"subscription":"projects/example/subscriptions/hooks"}"#,
            ),
            Self::CloudLogging => one(
                r#"{"insertId":"«hex»","jsonPayload":«object»,"resource":{"type":"cloud_run_revision","labels":{"service_name":"hook"}},"timestamp":"«nanos»","severity":"INFO","logName":"projects/example/logs/hooks","receiveTimestamp":"«nanos»"}"#,
            ),
            Self::CloudLoggingText => one(
                r#"{"textPayload":«text»,"insertId":"«hex»","resource":{"type":"cloud_function","labels":{"function_name":"hook"}},"timestamp":"«nanos»","severity":"DEFAULT","logName":"projects/example/logs/hooks","receiveTimestamp":"«nanos»"}"#,
            ),
            Self::KafkaConnect => one(
                r#"{"key":null,"value":«object»,"timestamp":«ms»,"offset":«number»,"partition":0,"topic":"hooks"}"#,
            ),
            Self::KafkaRest => some(
                "[",
                r#"{"topic":"hooks","key":null,"value":«object»,"partition":0,"offset":«number»}"#,
                "]",
            ),
            Self::Kcat => one(
                r#"{"topic":"hooks","partition":0,"offset":«number»,"tstype":"create","ts":«ms»,"broker":1,"key":null,"payload":«text»}"#,
            ),
            Self::FluentBit => one(r#"{"date":«s».«fraction»,"log":«text»}"#),
            Self::Fluentd => one(r#"{«members»,"tag":"hooks","time":"«seconds-offset»"}"#),
            Self::Filebeat => one(
                r#"{"@timestamp":"«millis»","@metadata":{"beat":"filebeat","type":"_doc","version":"8.13.0"},"log":{"offset":«number»,"file":{"path":"/var/log/hooks.log"}},"message":«text»,"input":{"type":"log"},"ecs":{"version":"8.0.0"},"host":{"name":"gateway-1"},"agent":{"type":"filebeat","version":"8.13.0"}}"#,
            ),
            Self::Vector => one(
                r#"{"message":«text»,"path":"/hook","source_type":"http_server","timestamp":"«nanos»"}"#,
            ),
            Self::Docker => one(r#"{"log":«text-line»,"stream":"stdout","time":"«nanos»"}"#),
            Self::Cloudwatch => some(
                r#"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/lambda/hook","logStream":"2021/[$LATEST]«hex»","subscriptionFilters":["hooks"],"logEvents":["#,
                r#"{"id":"«number»","timestamp":«ms»,"message":«text»}"#,
                "]}",
            ),
            Self::AzureRecords => some(
                r#"{"records":["#,
                r#"{"time":"«ticks»","resourceId":"/SUBSCRIPTIONS/EXAMPLE/HOOKS","operationName":"Receive","category":"Webhook","level":"Informational","properties":«object»}"#,
                "]}",
            ),
            Self::EventHubs => one(
                r#"{"EnqueuedTimeUtc":"«ticks»","Properties":{},"SystemProperties":{"sequenceNumber":«number»},"Body":«object»}"#,
            ),
            Self::ElasticHit => one(
                r#"{"_index":"hooks-000001","_type":"_doc","_id":"«hex»","_score":1.0,"_source":{"@timestamp":"«millis»",«members»}}"#,
            ),
            Self::Logstash => one(
                r#"{«members»,"@timestamp":"«millis»","@version":"1","host":"gateway-1","tags":[]}"#,
            ),
            Self::Svix => one(
                r#"{"eventId":null,"payload":«object»,"channels":null,"id":"msg_«hex»","eventType":"queue.position","timestamp":"«micros-offset»"}"#,
            ),
            Self::WebhookSite => one(
                r#"{"uuid":"«uuid»","type":"web","token_id":"«uuid»","ip":"192.0.2.7","hostname":"webhook.site","method":"POST","user_agent":"axios/0.21.1","content":«text»,"query":null,"headers":{"content-type":["application/json"]},"url":"https://webhook.site/hook","created_at":"«blank-seconds»","updated_at":"«blank-seconds»"}"#,
            ),
            Self::Requestbin => one(
                r#"{"trace_id":"«hex»","event":{"method":"POST","path":"/","query":{},"client_ip":"192.0.2.7","url":"https://example.org/","headers":{"content-type":"application/json"},"body":«object»},"context":{"id":"«hex»","ts":"«millis»","pipeline_id":null}}"#,
            ),
            Self::N8n => one(
                r#"{"headers":{"content-type":"application/json"},"params":{},"query":{},"body":«object»,"webhookUrl":"https://example.org/webhook/queue","executionMode":"production"}"#,
            ),
            Self::Mongoexport => one(
                r#"{"_id":{"$oid":"«hex24»"},"receivedAt":{"$date":"«millis»"},"body":«object»}"#,
            ),
            Self::Dynamodb => {
                one(r#"{"Item":{"id":{"S":"«uuid»"},"version":{"N":"1"},"payload":{"S":«text»}}}"#)
            }
            Self::RowToJson => {
                one(r#"{"id":«number»,"received_at":"«micros-offset»","payload":«object»}"#)
            }
            Self::Bigquery => {
                one(r#"{"id":"«number»","received_at":"«bigquery»","payload":«text»}"#)
            }
            Self::Nginx => one(
                r#"{"time_iso8601":"«seconds-offset»","remote_addr":"192.0.2.7","request":"POST /hook HTTP/1.1","status":"200","request_body":«text»}"#,
            ),
            Self::Firehose => some(
                r#"{"invocationId":"«uuid»","deliveryStreamArn":"arn:aws:firehose:eu-north-1:123456789012:deliverystream/hooks","region":"eu-north-1","records":["#,
                r#"{"recordId":"«number»","approximateArrivalTimestamp":«ms»,"data":"«base64»"}"#,
                "]}",
            ),
            Self::Batch => some(r#"{"records":["#, "«object»", "]}"),
            Self::Twice => {
                one(r#"{"received_at":"«millis»","request":{"body":«object»},"raw":«text»}"#)
            }
            Self::StringInString => one(r#"{"receivedAt":"«millis»","body":«text-twice»}"#),
        }
    }
}

/// An SNS notification; as text, it is also in some SQS messages.
pub(super) const SNS: &str = r#"{"Type":"Notification","MessageId":"«uuid»","TopicArn":"arn:aws:sns:eu-north-1:123456789012:hooks","Message":«text»,"Timestamp":"«millis»","SignatureVersion":"1","Signature":"EXAMPLE«hex»==","SigningCertURL":"https://sns.eu-north-1.amazonaws.com/cert.pem","UnsubscribeURL":"https://sns.eu-north-1.amazonaws.com/"}"#;
