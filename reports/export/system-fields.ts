/** Fields of a system description that must hold a text; `n/a` counts. */
export const filledSystemFields = [
  'division',
  'submitter',
  'status',
  'system_name',
  'number_of_nodes',
  'host_processor_model_name',
  'host_processors_per_node',
  'host_processor_core_count',
  'host_memory_capacity',
  'host_storage_capacity',
  'host_storage_type',
  'accelerators_per_node',
  'accelerator_model_name',
  'accelerator_memory_capacity',
  'framework',
  'operating_system',
  'system_type',
  'other_software_stack',
  'host_memory_configuration',
  'host_networking',
  'host_networking_topology',
  'accelerator_host_interconnect',
  'accelerator_interconnect',
  'accelerator_memory_configuration',
  'cooling',
  'host_network_card_count',
] as const;

/** Fields that must be there and may be empty. */
export const emptySystemFields = [
  'host_processor_frequency',
  'host_processor_caches',
  'host_processor_interconnect',
  'accelerator_frequency',
  'accelerator_interconnect_topology',
  'accelerator_on-chip_memories',
  'hw_notes',
  'sw_notes',
  'system_type_detail',
] as const;

/** Fields that a reader of the layout counts with: without whole numbers there it breaks. */
export const countedSystemFields = ['number_of_nodes', 'accelerators_per_node'] as const;

/** Fields that hold numbers. */
export const numericSystemFields = [
  ...countedSystemFields,
  'host_processors_per_node',
  'host_processor_core_count',
] as const;

/** Further fields of the network division. */
export const networkSystemFields = [
  'is_network',
  'network_type',
  'network_media',
  'network_rate',
  'nic_loadgen',
  'number_nic_loadgen',
  'net_software_stack_loadgen',
  'network_protocol',
  'number_connections',
  'nic_sut',
  'number_nic_sut',
  'net_software_stack_sut',
  'network_topology',
] as const;

/** Further fields of a system whose power was measured. */
export const powerSystemFields = [
  'power_management',
  'filesystem',
  'boot_firmware_version',
  'management_firmware_version',
  'other_hardware',
  'number_of_type_nics_installed',
  'nics_enabled_firmware',
  'nics_enabled_os',
  'nics_enabled_connected',
  'network_speed_mbit',
  'power_supply_quantity_and_rating_watts',
  'power_supply_details',
  'disk_drives',
  'disk_controllers',
  'system_power_only',
] as const;

export const systemStatuses: readonly string[] = ['available', 'preview', 'rdi'];
export const systemTypes: readonly string[] = [
  'edge',
  'datacenter',
  'edge,datacenter',
  'datacenter,edge',
];

/** Fields of `measurements.json`, all to be filled. */
export const measurementFields = [
  'input_data_types',
  'retraining',
  'starting_weights_filename',
  'weight_data_types',
  'weight_transformations',
] as const;
