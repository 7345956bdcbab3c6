//! Every permission, by the name it has on the wire (docs/permissions.md#names), and sets of them.
//!
//! Rule: rights are compared as sets, never by rank or by the name of a role.

use std::fmt;

macro_rules! permissions {
    ($($variant:ident = $name:literal,)*) => {
        /// One thing that may be done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the names are the documentation")]
        #[repr(u8)]
        pub enum Permission {
            $($variant,)*
        }

        impl Permission {
            /// All of them, in order of name.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name on the wire.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

permissions! {
    AgentRoleCreate = "AGENT_ROLE_CREATE",
    AgentRoleDelete = "AGENT_ROLE_DELETE",
    AgentRoleRead = "AGENT_ROLE_READ",
    AgentRoleUpdate = "AGENT_ROLE_UPDATE",
    AiProviderRead = "AI_PROVIDER_READ",
    AlyxRun = "ALYX_RUN",
    AnnotationConfigCreate = "ANNOTATION_CONFIG_CREATE",
    AnnotationConfigDelete = "ANNOTATION_CONFIG_DELETE",
    AnnotationConfigRead = "ANNOTATION_CONFIG_READ",
    AnnotationConfigUpdate = "ANNOTATION_CONFIG_UPDATE",
    CostConfigCreate = "COST_CONFIG_CREATE",
    CostConfigDelete = "COST_CONFIG_DELETE",
    CostConfigRead = "COST_CONFIG_READ",
    CostConfigUpdate = "COST_CONFIG_UPDATE",
    CustomMetricCreate = "CUSTOM_METRIC_CREATE",
    CustomMetricDelete = "CUSTOM_METRIC_DELETE",
    CustomMetricRead = "CUSTOM_METRIC_READ",
    CustomMetricUpdate = "CUSTOM_METRIC_UPDATE",
    DashboardCreate = "DASHBOARD_CREATE",
    DashboardDelete = "DASHBOARD_DELETE",
    DashboardRead = "DASHBOARD_READ",
    DashboardRestrict = "DASHBOARD_RESTRICT",
    DashboardUpdate = "DASHBOARD_UPDATE",
    DashboardTemplateCreate = "DASHBOARD_TEMPLATE_CREATE",
    DashboardTemplateDelete = "DASHBOARD_TEMPLATE_DELETE",
    DashboardTemplateRead = "DASHBOARD_TEMPLATE_READ",
    DashboardTemplateUpdate = "DASHBOARD_TEMPLATE_UPDATE",
    DatasetCreate = "DATASET_CREATE",
    DatasetDelete = "DATASET_DELETE",
    DatasetRead = "DATASET_READ",
    DatasetUpdate = "DATASET_UPDATE",
    DatasetExampleAnnotate = "DATASET_EXAMPLE_ANNOTATE",
    DatasetExampleCreate = "DATASET_EXAMPLE_CREATE",
    DatasetExampleDelete = "DATASET_EXAMPLE_DELETE",
    DatasetExampleRead = "DATASET_EXAMPLE_READ",
    DatasetExampleUpdate = "DATASET_EXAMPLE_UPDATE",
    DatasetViewCreate = "DATASET_VIEW_CREATE",
    DatasetViewDelete = "DATASET_VIEW_DELETE",
    DatasetViewRead = "DATASET_VIEW_READ",
    DatasetViewUpdate = "DATASET_VIEW_UPDATE",
    DataFabricConnectorCreate = "DATA_FABRIC_CONNECTOR_CREATE",
    DataFabricConnectorDelete = "DATA_FABRIC_CONNECTOR_DELETE",
    DataFabricConnectorRead = "DATA_FABRIC_CONNECTOR_READ",
    DataFabricConnectorUpdate = "DATA_FABRIC_CONNECTOR_UPDATE",
    EvaluatorCreate = "EVALUATOR_CREATE",
    EvaluatorDelete = "EVALUATOR_DELETE",
    EvaluatorRead = "EVALUATOR_READ",
    EvaluatorUpdate = "EVALUATOR_UPDATE",
    ExperimentCreate = "EXPERIMENT_CREATE",
    ExperimentDelete = "EXPERIMENT_DELETE",
    ExperimentRead = "EXPERIMENT_READ",
    ExperimentUpdate = "EXPERIMENT_UPDATE",
    ExperimentEvalTaskCreate = "EXPERIMENT_EVAL_TASK_CREATE",
    ExperimentEvalTaskDelete = "EXPERIMENT_EVAL_TASK_DELETE",
    ExperimentEvalTaskRead = "EXPERIMENT_EVAL_TASK_READ",
    ExperimentEvalTaskUpdate = "EXPERIMENT_EVAL_TASK_UPDATE",
    ExperimentRunAnnotate = "EXPERIMENT_RUN_ANNOTATE",
    ExperimentRunRead = "EXPERIMENT_RUN_READ",
    FileImportCreate = "FILE_IMPORT_CREATE",
    FileImportDelete = "FILE_IMPORT_DELETE",
    FileImportRead = "FILE_IMPORT_READ",
    FileImportUpdate = "FILE_IMPORT_UPDATE",
    KeyVerify = "KEY_VERIFY",
    KeyVerifyReason = "KEY_VERIFY_REASON",
    LlmIntegrationCreate = "LLM_INTEGRATION_CREATE",
    LlmIntegrationDelete = "LLM_INTEGRATION_DELETE",
    LlmIntegrationUpdate = "LLM_INTEGRATION_UPDATE",
    ManagedAgentCreate = "MANAGED_AGENT_CREATE",
    ManagedAgentDelete = "MANAGED_AGENT_DELETE",
    ManagedAgentRead = "MANAGED_AGENT_READ",
    ManagedAgentUpdate = "MANAGED_AGENT_UPDATE",
    MlModelCreate = "ML_MODEL_CREATE",
    MlModelDelete = "ML_MODEL_DELETE",
    MlModelRead = "ML_MODEL_READ",
    MlModelUpdate = "ML_MODEL_UPDATE",
    MonitorCreate = "MONITOR_CREATE",
    MonitorDelete = "MONITOR_DELETE",
    MonitorRead = "MONITOR_READ",
    MonitorTrigger = "MONITOR_TRIGGER",
    MonitorUpdate = "MONITOR_UPDATE",
    OrganizationCreate = "ORGANIZATION_CREATE",
    OrganizationDelete = "ORGANIZATION_DELETE",
    OrganizationRead = "ORGANIZATION_READ",
    OrganizationUpdate = "ORGANIZATION_UPDATE",
    PlaygroundRun = "PLAYGROUND_RUN",
    PlaygroundViewCreate = "PLAYGROUND_VIEW_CREATE",
    PlaygroundViewDelete = "PLAYGROUND_VIEW_DELETE",
    PlaygroundViewRead = "PLAYGROUND_VIEW_READ",
    PlaygroundViewUpdate = "PLAYGROUND_VIEW_UPDATE",
    ProjectCreate = "PROJECT_CREATE",
    ProjectDelete = "PROJECT_DELETE",
    ProjectRead = "PROJECT_READ",
    ProjectRestrict = "PROJECT_RESTRICT",
    ProjectUpdate = "PROJECT_UPDATE",
    ProjectEvalTaskCreate = "PROJECT_EVAL_TASK_CREATE",
    ProjectEvalTaskDelete = "PROJECT_EVAL_TASK_DELETE",
    ProjectEvalTaskRead = "PROJECT_EVAL_TASK_READ",
    ProjectEvalTaskUpdate = "PROJECT_EVAL_TASK_UPDATE",
    ProjectSpanAnnotate = "PROJECT_SPAN_ANNOTATE",
    ProjectSpanCreate = "PROJECT_SPAN_CREATE",
    ProjectSpanDelete = "PROJECT_SPAN_DELETE",
    ProjectSpanRead = "PROJECT_SPAN_READ",
    ProjectSpanUpdate = "PROJECT_SPAN_UPDATE",
    ProjectSpanEvalFeedbackUpdate = "PROJECT_SPAN_EVAL_FEEDBACK_UPDATE",
    PromptCreate = "PROMPT_CREATE",
    PromptDelete = "PROMPT_DELETE",
    PromptRead = "PROMPT_READ",
    PromptRestrict = "PROMPT_RESTRICT",
    PromptUpdate = "PROMPT_UPDATE",
    PromptOptimizeTaskCreate = "PROMPT_OPTIMIZE_TASK_CREATE",
    PromptOptimizeTaskDelete = "PROMPT_OPTIMIZE_TASK_DELETE",
    PromptOptimizeTaskRead = "PROMPT_OPTIMIZE_TASK_READ",
    PromptOptimizeTaskUpdate = "PROMPT_OPTIMIZE_TASK_UPDATE",
    QueueCreate = "QUEUE_CREATE",
    QueueDelete = "QUEUE_DELETE",
    QueueRead = "QUEUE_READ",
    QueueUpdate = "QUEUE_UPDATE",
    QueueRecordAnnotate = "QUEUE_RECORD_ANNOTATE",
    QueueRecordCreate = "QUEUE_RECORD_CREATE",
    QueueRecordDelete = "QUEUE_RECORD_DELETE",
    QueueRecordRead = "QUEUE_RECORD_READ",
    QueueRecordUpdate = "QUEUE_RECORD_UPDATE",
    RemoteEndpointIntegrationCreate = "REMOTE_ENDPOINT_INTEGRATION_CREATE",
    RemoteEndpointIntegrationDelete = "REMOTE_ENDPOINT_INTEGRATION_DELETE",
    RemoteEndpointIntegrationRead = "REMOTE_ENDPOINT_INTEGRATION_READ",
    RemoteEndpointIntegrationUpdate = "REMOTE_ENDPOINT_INTEGRATION_UPDATE",
    RoleCreate = "ROLE_CREATE",
    RoleDelete = "ROLE_DELETE",
    RoleRead = "ROLE_READ",
    RoleUpdate = "ROLE_UPDATE",
    RoleBindingCreate = "ROLE_BINDING_CREATE",
    RoleBindingDelete = "ROLE_BINDING_DELETE",
    RoleBindingRead = "ROLE_BINDING_READ",
    ServiceKeyCreate = "SERVICE_KEY_CREATE",
    ServiceKeyRead = "SERVICE_KEY_READ",
    ServiceKeyRevoke = "SERVICE_KEY_REVOKE",
    SpaceCreate = "SPACE_CREATE",
    SpaceDelete = "SPACE_DELETE",
    SpaceRead = "SPACE_READ",
    SpaceUpdate = "SPACE_UPDATE",
    TagCreate = "TAG_CREATE",
    TagDelete = "TAG_DELETE",
    TagRead = "TAG_READ",
    TagUpdate = "TAG_UPDATE",
    TraceViewCreate = "TRACE_VIEW_CREATE",
    TraceViewDelete = "TRACE_VIEW_DELETE",
    TraceViewRead = "TRACE_VIEW_READ",
    TraceViewUpdate = "TRACE_VIEW_UPDATE",
    UserCreate = "USER_CREATE",
    UserDelete = "USER_DELETE",
    UserRead = "USER_READ",
    UserUpdate = "USER_UPDATE",
    UserPermissionUpdate = "USER_PERMISSION_UPDATE",
}

impl Permission {
    /// The permission with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.name() == name)
    }
}

/// A set of permissions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PermissionSet([u64; 3]);

impl PermissionSet {
    /// Nothing.
    pub const EMPTY: Self = Self([0; 3]);

    /// Everything.
    pub const ALL: Self = Self::of(Permission::ALL);

    /// A set of these.
    pub const fn of(permissions: &[Permission]) -> Self {
        let mut words = [0; 3];
        let mut next = 0;
        while next < permissions.len() {
            let bit = permissions[next] as usize;
            words[bit / 64] |= 1 << (bit % 64);
            next += 1;
        }
        Self(words)
    }

    /// Those that are in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        let (Self(left), Self(right)) = (self, other);
        Self([left[0] | right[0], left[1] | right[1], left[2] | right[2]])
    }

    /// Those of this set that are not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        let (Self(left), Self(right)) = (self, other);
        Self([left[0] & !right[0], left[1] & !right[1], left[2] & !right[2]])
    }

    /// Whether the permission is in the set.
    pub const fn contains(self, permission: Permission) -> bool {
        let bit = permission as usize;
        self.0[bit / 64] & (1 << (bit % 64)) != 0
    }

    /// Whether all of this set is in the other.
    pub const fn is_subset_of(self, other: Self) -> bool {
        let Self(left) = self.without(other);
        left[0] | left[1] | left[2] == 0
    }

    /// The permissions, in order of name.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |&permission| self.contains(permission))
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<T: IntoIterator<Item = Permission>>(permissions: T) -> Self {
        permissions
            .into_iter()
            .fold(Self::EMPTY, |set, permission| set.union(Self::of(&[permission])))
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Permission::name)).finish()
    }
}
