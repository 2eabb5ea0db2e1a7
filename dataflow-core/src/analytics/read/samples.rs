//! Messages as the documents show them: same keys and forms, other values.

/// A call through an IVR and a queue to an agent. As in the documents there is no `cdr_id`, all legs have the same `id`, and numbers are
/// text in one place and numbers in another.
pub(super) const CDR: &str = r#"{
    "answered_time": "1725845648", "call_id": "a1b2c3..", "call_status": "answered",
    "call_targets": [
        {"answered_time": "1725845648", "call_type": "normal_call", "callee": "5000", "caller": "1555001",
         "destination": "sip:5000@10.0.0.9:8922", "did": "", "end_reason": "referred", "ended_time": "1725845655",
         "id": "883611252155219968", "outbound_caller_id": "", "ring_duration": "0", "ring_time": "1725845648",
         "start_time": "1725845648", "status": "answered", "status_code": 0, "talk_duration": "7",
         "trunk_name": "122:883631675865563136"},
        {"answered_time": "1725845662", "call_type": "queue_call", "callee": "102", "caller": "1555001",
         "destiantion": "sip:102@10.0.0.7:5960", "did": "", "end_reason": "None", "ended_time": "1725845669",
         "id": "883611252155219968", "outbound_caller_id": "", "ring_duration": "6", "ring_time": "1725845656",
         "start_time": "1725845656", "status": "answered", "status_code": 0, "talk_duration": "7",
         "trunk_name": "122:883631675865563136", "cost": 0.015},
        {"answered_time": "1725845655", "call_type": "normal_call", "callee": "8000", "caller": "1555001",
         "destination": "sip:8000@10.0.0.9:8916", "did": "", "end_reason": "referred", "ended_time": "1725845662",
         "id": "883611252155219968", "outbound_caller_id": "", "ring_duration": "0", "ring_time": "1725845655",
         "start_time": "1725845655", "status": "answered", "status_code": 0, "talk_duration": "7",
         "trunk_name": "122:883631675865563136", "cost": "0.0005"}
    ],
    "callee": "5000", "callee_domain": "pbx.example", "caller": "1555001", "caller_display_name": "Ada \"A\" L",
    "caller_domain": "10.0.0.9", "did": "18005550", "direction": "in", "ended_reason": "callee_disconnect",
    "ended_time": "1725845669", "event_type": "call_cdr", "outbound_caller_id": "", "ring_duration": "0",
    "ring_time": "1725845648", "session_id": "885337248273272832", "start_time": "1725845648", "status_code": "0",
    "talk_duration": 21, "tenant_id": "883611252155219968", "tenant_name": "acme",
    "trunk_name": "122:883631675865563136", "user_data": ""
}"#;

pub(super) const CALL_START: &str = r#"{"event_type": "call_start", "time": "1725845648", "session_id": "885337248273272832",
    "cdr_id": "885337248273272833", "direction": "ext", "user_data": "", "call_id": "x", "caller_display_name": "",
    "caller": "101", "callee_display_name": "", "callee": "102", "tenant_id": "883611252155219968", "did": "",
    "outbound_caller_id": ""}"#;

pub(super) const TARGET: &str = r#"{"event_type": "cdr_target_answer", "time": "1725845648", "session_id": "885337248273272832",
    "cdr_id": "885337248273272833", "tenant_id": "883611252155219968", "direction": "in", "destiantion":
    "sip:102@10.0.0.7:5066", "caller": "1555001", "did": "18005550", "outbound_caller_id": ""}"#;

pub(super) const QUEUE_STATUS: &str = r#"{"event_type":"queue_status", "tenant_id":"676398719834259456",
    "queue_id":"677046776364007424", "queue_number":"8001", "queue_name":"Sales Department",
    "waiting_list":[{"position": "2", "session_id": "6763987198342", "caller_number" : "123456",
        "caller_name":"T. Young", "timestamp":"1676206249", "type" : "normal"}],
    "agents":[{"state":"QUEUE_CALL", "agent_extension_number" : "101", "session_id" : "677046776364007",
        "caller_number" : "123457", "caller_name":"M. Old", "timestamp":"1676206240"},
        {"state":"Not Ready", "reason": "Tea", "agent_extension_number" : "103", "session_id" : "", "timestamp":""}]}"#;

/// As printed, with a full-width comma.
pub(super) const QUEUE_STATUS_BROKEN: &str = r#"{"event_type":"queue_status", "tenant_id":"1", "queue_id":"2",
    "waiting_list":[{"session_id": "3", "timestamp":"1676206249"}，"agents":[]]}"#;

pub(super) const CALLERS: &str = r#"{"event_type":"queue_caller_status", "tenant_id":"676398719834259456",
    "queue_id":"677046776364007424", "updated_callers":[{"position": "2", "session_id": "6763987198342",
    "caller_number" : "123456", "reason" : "agent_answered", "timestamp":"1676206249", "type" : "callback"},
    {"session_id": 7, "reason": "enqueue/agent_answered", "timestamp": 1676206250, "type": "normal/callback"}]}"#;

pub(super) const AGENTS: &str = r#"{"event_type" : "queue_agent_status", "queue_id" : "677046776364007424",
    "tenant_id" : "676398719834259456", "updated_agents":[{"state":"QUEUE_CALL", "agent_extension_number" : "101",
    "session_id" : "677046776364007", "caller_number" : "123456", "calle_name":"T. Young", "timestamp":"1676206249"}],
    "removed_agents":[{"agent_extension_number" : "102"}]}"#;

pub(super) const SLA: &str = r#"{"event_type" : "queue_sla_breached", "queue_id" : "677046776364007424",
    "tenant_id" : "676398719834259456", "caller" : "00431555", "total_callers_breached" : 6, "sla_time_secs" : 90,
    "waiting_callers" : 100, "timestamp":"1676206249"}"#;

pub(super) const QUEUE_CREATED: &str =
    r#"{"event_type": "queue_created", "queue_number": "8800", "tenant_id": "883634229655633920"}"#;

pub(super) const EXTENSION: &str = r#"{"event_type": "extension_created", "extension_number": "1001",
    "disp_name": "Jay", "email": "j@example.com", "extension_id": "823634238409396",
    "tenant_id": "883634229655633920", "username": "jay", "enabled": true}"#;

/// As printed, with a key twice.
pub(super) const EXTENSION_DOUBLED: &str = r#"{"event_type": "extension_created", "extension_number": "1001",
    "tenant_id": "883634229655633920", "username": "jay", "username": "jay"}"#;

pub(super) const AUTH_OK: &str = r#"{"command": "auth", "id": "1", "status": 0}"#;

pub(super) const AUTH_REFUSED: &str = r#"{"command": "auth", "error": "access_token , username , domain or password error", "id": "2", "status": -1}"#;

/// A record by REST of a call that nobody answered.
pub(super) const RECORD: &str = r#"{"id": "885337248273272833", "caller": "101", "caller_domain": "pbx.example",
    "caller_display_name": "Jay", "callee": "102", "callee_domain": "pbx.example", "callee_display_name": "Kay",
    "started_at": "2024-09-09T01:34:08Z", "rang_at": "2024-09-09T01:34:09Z", "answered_at": "",
    "ended_at": "2024-09-09T01:34:20Z", "call_id": "x", "direction": "EXTENSION_CALL",
    "end_reason": "CALLER_DISCONNECT", "reroute_reason": "", "status_code": 486, "destination": "",
    "outbound_caller_id": "", "did_cid": "18005550", "trunk": "", "duration": 0}"#;

/// All that can be read.
pub(super) const READABLE: [&str; 11] = [
    CDR,
    CALL_START,
    TARGET,
    QUEUE_STATUS,
    CALLERS,
    AGENTS,
    SLA,
    QUEUE_CREATED,
    EXTENSION,
    AUTH_OK,
    AUTH_REFUSED,
];
