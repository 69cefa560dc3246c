/**
 * House rule `lab/unit-suffix`: a name that ends in a bare quantity says nothing about its unit.
 * `timeout` is refused, `timeoutMs` passes.
 */
const bareQuantities =
  /^(?:.*(?:Timeout|Latency|Duration|Power|Energy|Voltage|Current|Frequency|Temperature|Interval|Elapsed)|timeout|latency|duration|power|energy|voltage|frequency|temperature|interval|elapsed)$/;

const message = (name) =>
  `'${name}' is a quantity without its unit: write ${name}Ns, ${name}Watts, …`;

const unitSuffix = {
  create(context) {
    const check = (node, name) => {
      if (bareQuantities.test(name)) context.report({ node, message: message(name) });
    };
    /** Only plain numbers: a name typed or initialised as something else is no quantity. */
    const isNumeric = (annotation) => annotation?.typeAnnotation?.type === 'TSNumberKeyword';
    return {
      TSPropertySignature(node) {
        if (node.key.type === 'Identifier' && isNumeric(node.typeAnnotation))
          check(node, node.key.name);
      },
      VariableDeclarator(node) {
        if (node.id.type !== 'Identifier') return;
        const numericInit = node.init?.type === 'Literal' && typeof node.init.value === 'number';
        if (numericInit || isNumeric(node.id.typeAnnotation)) check(node, node.id.name);
      },
      Identifier(node) {
        if (isNumeric(node.typeAnnotation)) check(node, node.name);
      },
    };
  },
};

export default { meta: { name: 'lab' }, rules: { 'unit-suffix': unitSuffix } };
