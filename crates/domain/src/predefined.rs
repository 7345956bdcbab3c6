//! The permission sets of the predefined roles, and where they are the project's own choice.
//!
//! The contract names the roles and not what they permit (docs/permissions.md#predefined-roles). The choice here satisfies every sentence
//! that is public: administrators may do everything at their level and below, members work with the content and may make service keys,
//! readers read, annotators work through their queues. Sets grow towards the administrator, so that each role is within the next.

use crate::permission::{Permission, PermissionSet};

/// Looking at the content of a space.
const CONTENT_READ: PermissionSet = PermissionSet::of(&[
    Permission::AgentRoleRead,
    Permission::AiProviderRead,
    Permission::AnnotationConfigRead,
    Permission::CostConfigRead,
    Permission::CustomMetricRead,
    Permission::DashboardRead,
    Permission::DashboardTemplateRead,
    Permission::DatasetRead,
    Permission::DatasetExampleRead,
    Permission::DatasetViewRead,
    Permission::DataFabricConnectorRead,
    Permission::EvaluatorRead,
    Permission::ExperimentRead,
    Permission::ExperimentEvalTaskRead,
    Permission::ExperimentRunRead,
    Permission::FileImportRead,
    Permission::ManagedAgentRead,
    Permission::MlModelRead,
    Permission::MonitorRead,
    Permission::PlaygroundViewRead,
    Permission::ProjectRead,
    Permission::ProjectEvalTaskRead,
    Permission::ProjectSpanRead,
    Permission::PromptRead,
    Permission::PromptOptimizeTaskRead,
    Permission::QueueRead,
    Permission::QueueRecordRead,
    Permission::RemoteEndpointIntegrationRead,
    Permission::TagRead,
    Permission::TraceViewRead,
]);

/// Working with the content of a space.
const CONTENT_WORK: PermissionSet = PermissionSet::of(&[
    Permission::AgentRoleCreate,
    Permission::AgentRoleDelete,
    Permission::AgentRoleUpdate,
    Permission::AlyxRun,
    Permission::AnnotationConfigCreate,
    Permission::AnnotationConfigDelete,
    Permission::AnnotationConfigUpdate,
    Permission::CostConfigCreate,
    Permission::CostConfigDelete,
    Permission::CostConfigUpdate,
    Permission::CustomMetricCreate,
    Permission::CustomMetricDelete,
    Permission::CustomMetricUpdate,
    Permission::DashboardCreate,
    Permission::DashboardDelete,
    Permission::DashboardUpdate,
    Permission::DashboardTemplateCreate,
    Permission::DashboardTemplateDelete,
    Permission::DashboardTemplateUpdate,
    Permission::DatasetCreate,
    Permission::DatasetDelete,
    Permission::DatasetUpdate,
    Permission::DatasetExampleAnnotate,
    Permission::DatasetExampleCreate,
    Permission::DatasetExampleDelete,
    Permission::DatasetExampleUpdate,
    Permission::DatasetViewCreate,
    Permission::DatasetViewDelete,
    Permission::DatasetViewUpdate,
    Permission::DataFabricConnectorCreate,
    Permission::DataFabricConnectorDelete,
    Permission::DataFabricConnectorUpdate,
    Permission::EvaluatorCreate,
    Permission::EvaluatorDelete,
    Permission::EvaluatorUpdate,
    Permission::ExperimentCreate,
    Permission::ExperimentDelete,
    Permission::ExperimentUpdate,
    Permission::ExperimentEvalTaskCreate,
    Permission::ExperimentEvalTaskDelete,
    Permission::ExperimentEvalTaskUpdate,
    Permission::ExperimentRunAnnotate,
    Permission::FileImportCreate,
    Permission::FileImportDelete,
    Permission::FileImportUpdate,
    Permission::LlmIntegrationCreate,
    Permission::LlmIntegrationDelete,
    Permission::LlmIntegrationUpdate,
    Permission::ManagedAgentCreate,
    Permission::ManagedAgentDelete,
    Permission::ManagedAgentUpdate,
    Permission::MlModelCreate,
    Permission::MlModelDelete,
    Permission::MlModelUpdate,
    Permission::MonitorCreate,
    Permission::MonitorDelete,
    Permission::MonitorTrigger,
    Permission::MonitorUpdate,
    Permission::PlaygroundRun,
    Permission::PlaygroundViewCreate,
    Permission::PlaygroundViewDelete,
    Permission::PlaygroundViewUpdate,
    Permission::ProjectCreate,
    Permission::ProjectDelete,
    Permission::ProjectUpdate,
    Permission::ProjectEvalTaskCreate,
    Permission::ProjectEvalTaskDelete,
    Permission::ProjectEvalTaskUpdate,
    Permission::ProjectSpanAnnotate,
    Permission::ProjectSpanCreate,
    Permission::ProjectSpanDelete,
    Permission::ProjectSpanUpdate,
    Permission::ProjectSpanEvalFeedbackUpdate,
    Permission::PromptCreate,
    Permission::PromptDelete,
    Permission::PromptUpdate,
    Permission::PromptOptimizeTaskCreate,
    Permission::PromptOptimizeTaskDelete,
    Permission::PromptOptimizeTaskUpdate,
    Permission::QueueCreate,
    Permission::QueueDelete,
    Permission::QueueUpdate,
    Permission::QueueRecordAnnotate,
    Permission::QueueRecordCreate,
    Permission::QueueRecordDelete,
    Permission::QueueRecordUpdate,
    Permission::RemoteEndpointIntegrationCreate,
    Permission::RemoteEndpointIntegrationDelete,
    Permission::RemoteEndpointIntegrationUpdate,
    Permission::TagCreate,
    Permission::TagDelete,
    Permission::TagUpdate,
    Permission::TraceViewCreate,
    Permission::TraceViewDelete,
    Permission::TraceViewUpdate,
]);

/// Closing single resources off from the space's members.
const RESTRICT: PermissionSet = PermissionSet::of(&[
    Permission::DashboardRestrict,
    Permission::ProjectRestrict,
    Permission::PromptRestrict,
]);

/// Verifying keys that are presented to others.
const VERIFY: PermissionSet =
    PermissionSet::of(&[Permission::KeyVerify, Permission::KeyVerifyReason]);

/// What account members may do at the account's own level.
pub(crate) const ACCOUNT_MEMBER: PermissionSet =
    PermissionSet::of(&[Permission::RoleRead, Permission::UserCreate, Permission::UserRead]);

pub(crate) const SPACE_READ_ONLY: PermissionSet =
    CONTENT_READ.union(PermissionSet::of(&[Permission::ServiceKeyRead, Permission::SpaceRead]));

pub(crate) const SPACE_MEMBER: PermissionSet = SPACE_READ_ONLY
    .union(CONTENT_WORK)
    .union(PermissionSet::of(&[Permission::ServiceKeyCreate, Permission::ServiceKeyRevoke]));

pub(crate) const SPACE_ADMIN: PermissionSet =
    SPACE_MEMBER.union(RESTRICT).union(VERIFY).union(PermissionSet::of(&[
        Permission::RoleBindingCreate,
        Permission::RoleBindingDelete,
        Permission::RoleBindingRead,
        Permission::SpaceDelete,
        Permission::SpaceUpdate,
    ]));

pub(crate) const SPACE_ANNOTATOR: PermissionSet = PermissionSet::of(&[
    Permission::AnnotationConfigRead,
    Permission::QueueRead,
    Permission::QueueRecordAnnotate,
    Permission::QueueRecordRead,
    Permission::SpaceRead,
]);

pub(crate) const PROJECT_VIEWER: PermissionSet = PermissionSet::of(&[
    Permission::ProjectRead,
    Permission::ProjectEvalTaskRead,
    Permission::ProjectSpanRead,
]);

pub(crate) const PROJECT_EDITOR: PermissionSet = PROJECT_VIEWER.union(PermissionSet::of(&[
    Permission::ProjectUpdate,
    Permission::ProjectEvalTaskCreate,
    Permission::ProjectEvalTaskDelete,
    Permission::ProjectEvalTaskUpdate,
    Permission::ProjectSpanAnnotate,
    Permission::ProjectSpanCreate,
    Permission::ProjectSpanDelete,
    Permission::ProjectSpanUpdate,
    Permission::ProjectSpanEvalFeedbackUpdate,
]));

pub(crate) const PROJECT_ADMIN: PermissionSet =
    PROJECT_EDITOR.union(VERIFY).union(PermissionSet::of(&[
        Permission::ProjectDelete,
        Permission::ProjectRestrict,
        Permission::RoleBindingCreate,
        Permission::RoleBindingDelete,
        Permission::RoleBindingRead,
    ]));

/// Being in an organization at all.
const ORGANIZATION_READ: PermissionSet = PermissionSet::of(&[Permission::OrganizationRead]);

pub(crate) const ORGANIZATION_READ_ONLY: PermissionSet = ORGANIZATION_READ.union(SPACE_READ_ONLY);

pub(crate) const ORGANIZATION_MEMBER: PermissionSet = ORGANIZATION_READ.union(SPACE_MEMBER);

pub(crate) const ORGANIZATION_ADMIN: PermissionSet =
    ORGANIZATION_READ.union(SPACE_ADMIN).union(PermissionSet::of(&[
        Permission::OrganizationDelete,
        Permission::OrganizationUpdate,
        Permission::SpaceCreate,
    ]));

pub(crate) const ORGANIZATION_ANNOTATOR: PermissionSet = ORGANIZATION_READ.union(SPACE_ANNOTATOR);
